#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

/* A warning during a commit says that the commit did not wait for its standby: the flag keeps that one came. */
static inline void suishen_postgresql_notice(void *flag, const PGresult *result) {
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0) *(bool *)flag = true;
}

static inline void suishen_postgresql_watch(PGconn *connection, bool *flag) {
    PQsetNoticeReceiver(connection, suishen_postgresql_notice, flag);
}

/* Macros with character constants, which Swift does not import. */
static inline const char *suishen_postgresql_state(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *suishen_postgresql_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
