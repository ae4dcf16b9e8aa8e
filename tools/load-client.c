// Sends requests to an HTTP/1.1 server of this machine as fast as it answers; prints the results as one JSON object.
//
//   load-client single SOCKET METHOD PATH CONNECTIONS SECONDS BODIES
//     keeps one request in progress on each connection; BODIES has a body a line, taken in turn
//   load-client get PORT HOST CONNECTIONS SECONDS RATE PATHS
//     asks a server on 127.0.0.1 for the paths of a file, a path a line, in turn; RATE requests a second whatever the
//     answers do, timed from when each was due, or with RATE 0 one after the other on each connection
//   load-client batch SOCKET PATH COUNT BODIES
//     streams COUNT lines, those of BODIES in turn, as one application/x-ndjson request while it reads the answers
//
// It shares no code with the daemon.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, LATENCIES_MAX = 1 << 22 };

struct connection {
    int socket;
    size_t have;
    double sent_at;
    char buffer[BUFFER];
};

static void fail(const char *what) {
    fprintf(stderr, "load-client: error: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int dial(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof address) != 0) fail(path);
    return made;
}

static int dial_port(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), is_on = 1;
    if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &is_on, sizeof is_on);
    return made;
}

static void send_all(int socket, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        bytes += sent;
        count -= (size_t)sent;
    }
}

// The length of the complete response at the start of the buffer, or 0 while it is incomplete.
static size_t whole_response(const char *buffer, size_t have) {
    const char *end = memmem(buffer, have, "\r\n\r\n", 4);
    if (!end) return 0;
    const char *length = strcasestr(buffer, "\r\ncontent-length:");
    if (!length || length > end) {
        errno = EPROTO;
        fail("a response without a Content-Length");
    }
    size_t total = (size_t)(end + 4 - buffer) + strtoul(length + 17, NULL, 10);
    return have >= total ? total : 0;
}

static int by_size(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static char **read_lines(const char *path, size_t *count) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    char **lines = NULL, *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        if (line[length - 1] == '\n') line[length - 1] = 0;
        lines = realloc(lines, (*count + 1) * sizeof *lines);
        lines[(*count)++] = strdup(line);
    }
    fclose(file);
    return lines;
}

static void report(double *latencies, size_t answered, size_t refused, double elapsed) {
    size_t kept = answered < LATENCIES_MAX ? answered : LATENCIES_MAX;
    qsort(latencies, kept, sizeof *latencies, by_size);
    printf("{\"answered\": %zu, \"refused\": %zu, \"seconds\": %.3f, \"perSecond\": %.0f, \"p50Milliseconds\": %.2f, "
           "\"p99Milliseconds\": %.2f, \"maxMilliseconds\": %.2f}\n", answered, refused, elapsed, answered / elapsed,
        latencies[kept / 2] * 1e3, latencies[kept * 99 / 100] * 1e3, latencies[kept - 1] * 1e3);
}

static int single(char **arguments) {
    const char *method = arguments[1], *path = arguments[2];
    int connection_count = atoi(arguments[3]);
    double seconds = atof(arguments[4]);
    size_t body_count = 0, next = 0, answered = 0, refused = 0;
    char **bodies = read_lines(arguments[5], &body_count);
    double *latencies = malloc(LATENCIES_MAX * sizeof *latencies);
    struct connection *connections = calloc((size_t)connection_count, sizeof *connections);
    int events = epoll_create1(EPOLL_CLOEXEC);
    char request[BUFFER];
    double start = now(), end = start + seconds, first_refused_shown = 0;
    for (int index = 0; index < connection_count; index++) {
        connections[index].socket = dial(arguments[0]);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[index]};
        epoll_ctl(events, EPOLL_CTL_ADD, connections[index].socket, &event);
    }
    int open = connection_count;
    for (int index = 0; index < connection_count; index++) {
        const char *body = bodies[next++ % body_count];
        int length = snprintf(request, sizeof request,
            "%s %s HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", method,
            path, strlen(body), body);
        connections[index].sent_at = now();
        send_all(connections[index].socket, request, (size_t)length);
    }
    while (open > 0) {
        struct epoll_event ready[64];
        int count = epoll_wait(events, ready, 64, -1);
        for (int place = 0; place < count; place++) {
            struct connection *connection = ready[place].data.ptr;
            ssize_t got = recv(connection->socket, connection->buffer + connection->have,
                sizeof connection->buffer - 1 - connection->have, 0);
            if (got <= 0) fail("the server closed the connection");
            connection->have += (size_t)got;
            connection->buffer[connection->have] = 0;
            size_t whole = whole_response(connection->buffer, connection->have);
            if (!whole) continue;
            double time = now();
            if (answered < LATENCIES_MAX) latencies[answered] = time - connection->sent_at;
            answered++;
            if (strncmp(connection->buffer, "HTTP/1.1 200", 12) != 0) {
                refused++;
                if (!first_refused_shown++) fprintf(stderr, "load-client: refused: %s\n", connection->buffer);
            }
            connection->have = 0;
            if (time >= end) {
                close(connection->socket);
                open--;
                continue;
            }
            const char *body = bodies[next++ % body_count];
            int length = snprintf(request, sizeof request,
                "%s %s HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", method,
                path, strlen(body), body);
            connection->sent_at = now();
            send_all(connection->socket, request, (size_t)length);
        }
    }
    double elapsed = now() - start;
    report(latencies, answered, refused, elapsed);
    return refused ? 1 : 0;
}

static void ask(struct connection *connection, const char *host, const char *path, double due) {
    char request[BUFFER];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/html\r\n\r\n", path, host);
    connection->sent_at = due;
    send_all(connection->socket, request, (size_t)length);
}

static int get(char **arguments) {
    int port = atoi(arguments[0]), connection_count = atoi(arguments[2]), idle_count = 0, busy = 0;
    const char *host = arguments[1];
    double seconds = atof(arguments[3]), rate = atof(arguments[4]);
    size_t path_count = 0, next = 0, answered = 0, refused = 0;
    char **paths = read_lines(arguments[5], &path_count);
    double *latencies = malloc(LATENCIES_MAX * sizeof *latencies);
    struct connection *connections = calloc((size_t)connection_count, sizeof *connections);
    struct connection **idle = calloc((size_t)connection_count, sizeof *idle);
    int events = epoll_create1(EPOLL_CLOEXEC);
    for (int index = 0; index < connection_count; index++) {
        connections[index].socket = dial_port(port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[index]};
        epoll_ctl(events, EPOLL_CTL_ADD, connections[index].socket, &event);
        idle[idle_count++] = &connections[index];
    }
    double start = now(), end = start + seconds;
    for (;;) {
        double time = now();
        while (idle_count > 0 && time < end) {
            double due = rate > 0 ? start + (double)next / rate : time;
            if (due > time) break;
            ask(idle[--idle_count], host, paths[next++ % path_count], due);
            busy++;
        }
        if (busy == 0 && time >= end) break;
        struct epoll_event ready[64];
        int wait = rate > 0 && idle_count > 0 && time < end ? 1 : 1000;
        int count = epoll_wait(events, ready, 64, wait);
        for (int place = 0; place < count; place++) {
            struct connection *connection = ready[place].data.ptr;
            ssize_t got = recv(connection->socket, connection->buffer + connection->have,
                sizeof connection->buffer - 1 - connection->have, 0);
            if (got <= 0) fail("the server closed the connection");
            connection->have += (size_t)got;
            connection->buffer[connection->have] = 0;
            if (!whole_response(connection->buffer, connection->have)) continue;
            if (answered < LATENCIES_MAX) latencies[answered] = now() - connection->sent_at;
            answered++;
            refused += strncmp(connection->buffer, "HTTP/1.1 200", 12) != 0;
            connection->have = 0;
            idle[idle_count++] = connection;
            busy--;
        }
    }
    report(latencies, answered, refused, now() - start);
    return refused ? 1 : 0;
}

static int batch(char **arguments) {
    const char *path = arguments[1];
    size_t count = strtoul(arguments[2], NULL, 10), line_count = 0, round = 0, sent = 0;
    char **lines = read_lines(arguments[3], &line_count);
    for (size_t index = 0; index < line_count; index++) round += strlen(lines[index]) + 1;
    char *block = malloc(round + 1), *end = block;
    size_t rest = 0;
    for (size_t index = 0; index < line_count; index++) {
        end += sprintf(end, "%s\n", lines[index]);
        if (index + 1 == count % line_count) rest = (size_t)(end - block);
    }
    size_t total = count / line_count * round + rest;
    int socket = dial(arguments[0]);
    char head[1024], in[BUFFER];
    send_all(socket, head, (size_t)snprintf(head, sizeof head,
        "POST %s HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-ndjson\r\nContent-Length: %zu\r\n"
        "Connection: close\r\n\r\n", path, total));
    // The first member of a line tells answers from refusals; chunk sizes never look like either.
    size_t answered = 0, refused = 0, matched = 0;
    char previous = 0;
    static const char refusal[] = "{\"error\":";
    double start = now();
    for (;;) {
        struct pollfd poll_for = {.fd = socket, .events = (short)(POLLIN | (sent < total ? POLLOUT : 0))};
        if (poll(&poll_for, 1, -1) < 0) fail("poll");
        if (poll_for.revents & POLLOUT) {
            size_t offset = sent % round, bytes = round - offset < total - sent ? round - offset : total - sent;
            ssize_t out = send(socket, block + offset, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (out < 0 && errno != EAGAIN) fail("send");
            if (out > 0) sent += (size_t)out;
        }
        if (poll_for.revents & (POLLIN | POLLHUP | POLLERR)) {
            ssize_t got = recv(socket, in, sizeof in, MSG_DONTWAIT);
            if (got < 0 && errno != EAGAIN) fail("recv");
            if (got == 0) break;
            for (ssize_t index = 0; index < got; index++) {
                // Lines end in } and a line feed; heads and chunk sizes do not.
                answered += previous == '}' && in[index] == '\n';
                previous = in[index];
                matched = in[index] == refusal[matched] ? matched + 1 : in[index] == refusal[0];
                if (!refusal[matched]) {
                    refused++;
                    matched = 0;
                }
            }
        }
    }
    double elapsed = now() - start;
    printf("{\"answered\": %zu, \"refused\": %zu, \"seconds\": %.3f, \"perSecond\": %.0f}\n", answered, refused, elapsed,
        answered / elapsed);
    return refused || answered != count;
}

int main(int count, char **arguments) {
    if (count == 8 && strcmp(arguments[1], "single") == 0) return single(arguments + 2);
    if (count == 8 && strcmp(arguments[1], "get") == 0) return get(arguments + 2);
    if (count == 6 && strcmp(arguments[1], "batch") == 0) return batch(arguments + 2);
    fprintf(stderr, "load-client: hint: see the top of its source\n");
    return 64;
}
