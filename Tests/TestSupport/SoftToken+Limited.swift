extension SoftToken {
    /// Whether a module can be compiled here.
    package static var hasCompiler: Bool { (try? Program(path: "/usr/bin/env").run(["cc", "--version"]))?.status == 0 }

    /// Makes a module like SoftHSM's that has only so many sessions.
    ///
    /// - Parameter sessionCountMax: from then on C_OpenSession answers CKR_SESSION_COUNT.
    /// - Returns: its path.
    /// - Throws: when it does not compile.
    package func limitedModule(sessionCountMax: Int) throws -> String {
        let source = """
            #include <dlfcn.h>
            #include <p11-kit-1/p11-kit/pkcs11.h>
            #include <pthread.h>
            static CK_FUNCTION_LIST list;
            static CK_FUNCTION_LIST_PTR real;
            static int open_count;
            static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
            static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *context, CK_NOTIFY notify,
                                      CK_SESSION_HANDLE *session) {
                pthread_mutex_lock(&lock);
                CK_RV result = open_count >= \(sessionCountMax) ? CKR_SESSION_COUNT
                             : real->C_OpenSession(slot, flags, context, notify, session);
                if (result == CKR_OK) open_count++;
                pthread_mutex_unlock(&lock);
                return result;
            }
            static CK_RV close_session(CK_SESSION_HANDLE session) {
                CK_RV result = real->C_CloseSession(session);
                pthread_mutex_lock(&lock);
                if (result == CKR_OK) open_count--;
                pthread_mutex_unlock(&lock);
                return result;
            }
            CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR *given) {
                void *library = dlopen("\(Self.module)", RTLD_NOW | RTLD_LOCAL);
                CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : 0;
                if (!get || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
                list = *real;
                list.C_OpenSession = open_session;
                list.C_CloseSession = close_session;
                *given = &list;
                return CKR_OK;
            }

            """
        let name = "limited-\(sessionCountMax)"
        let file = try folder.write(Array(source.utf8), to: "\(name).c")
        let made = try Program(path: "/usr/bin/env").run([
            "cc", "-shared", "-fPIC", "-o", folder("\(name).so"), file, "-lpthread", "-ldl",
        ])
        guard made.status == 0 else { throw MissingFile(path: made.diagnostics) }
        return folder("\(name).so")
    }
}
