/* Declared by <unistd.h> to those alone who ask for GNU's extensions, which Swift's module of it does not. */
extern int syncfs(int descriptor);
