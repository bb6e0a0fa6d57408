/* The hot loop of the load client: Socket.IO frames over connected sockets, one thread, epoll.
 *
 * Python connects the sockets and says who talks to whom; this sends, counts and times. It is C so that the client's
 * own cost (a microsecond or two a message) never hides the server's. Compiled on first use by `driver.py`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_ROOM = 70000, SEND_ROOM = 1 << 18, STAMP = 9, WHO = 3, IN_FLIGHT = 4096 };

/* One talker: a socket that writes into one conversation. Several talkers may share a socket (an agent has ten). */
typedef struct {
    int32_t socket;         /* index of the socket it writes on */
    int32_t window;         /* closed loop: messages under way at once; open loop: ignored */
    const char *head;       /* `["send_message",{"conversation":"…","key":"` */
} talker;

typedef struct {
    uint64_t acked, refused, delivered, late_sends;
    double seconds, client_cpu_s;
    uint64_t ack_count, delivery_count;    /* entries in the two arrays below */
} result;

typedef struct {
    int fd;
    uint8_t in[FRAME_ROOM * 2];
    size_t in_len;
    uint8_t out[SEND_ROOM];
    size_t out_start, out_len;
    int wants_write;
    uint32_t next_ack;
    uint64_t sent_at[IN_FLIGHT];
    int32_t by[IN_FLIGHT];                 /* which talker waits for the ack */
} peer;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

/* Thirteen small letters: an instant that no filter takes for a number of a card. */
/* Numbers in a text are in letters, as digits in every message would be something to look at for whoever looks for
 * codes and cards; nine letters hold an hour and a half of nanoseconds. */
static void put_letters(char *to, int count, uint64_t value) {
    for (int i = count - 1; i >= 0; i--, value /= 26) to[i] = (char)('a' + value % 26);
}

static uint64_t get_letters(const char *from, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++) value = value * 26 + (uint64_t)(from[i] - 'a');
    return value;
}

static uint64_t since(uint64_t stamp, uint64_t now) {
    uint64_t turn = 1;
    for (int i = 0; i < STAMP; i++) turn *= 26;
    return (now % turn + turn - stamp) % turn;
}

static void flush_peer(int poll, peer *one) {
    while (one->out_len) {
        ssize_t n = send(one->fd, one->out + one->out_start, one->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0) break;
        one->out_start += (size_t)n;
        one->out_len -= (size_t)n;
    }
    if (!one->out_len) one->out_start = 0;
    int wants = one->out_len > 0;
    if (wants != one->wants_write) {
        struct epoll_event event = {.events = EPOLLIN | (wants ? EPOLLOUT : 0), .data.ptr = one};
        epoll_ctl(poll, EPOLL_CTL_MOD, one->fd, &event);
        one->wants_write = wants;
    }
}

/* A masked text frame; the mask is zero, which is a mask like any other. */
static int put_frame(peer *one, const char *text, size_t len) {
    size_t head = len < 126 ? 6 : 8;
    if (one->out_start + one->out_len + head + len > SEND_ROOM) {
        memmove(one->out, one->out + one->out_start, one->out_len);
        one->out_start = 0;
        if (one->out_len + head + len > SEND_ROOM) return 0;
    }
    uint8_t *to = one->out + one->out_start + one->out_len;
    *to++ = 0x81;
    if (len < 126) *to++ = 0x80 | (uint8_t)len;
    else { *to++ = 0x80 | 126; *to++ = (uint8_t)(len >> 8); *to++ = (uint8_t)len; }
    memset(to, 0, 4);
    memcpy(to + 4, text, len);
    one->out_len += head + len;
    return 1;
}

static uint64_t serial = 0;             /* makes every key its own */
static const char *const *sayings;      /* what is said, by turns; JSON without the quotes */
static int saying_count;

static int say(peer *peers, const talker *talkers, int which, uint64_t at) {
    const talker *t = &talkers[which];
    peer *one = &peers[t->socket];
    const char *saying = sayings[serial % (uint64_t)saying_count];
    char text[4096], stamp[STAMP + 1] = {0}, who[WHO + 1] = {0};
    uint32_t ack = one->next_ack;
    if (one->by[ack % IN_FLIGHT] >= 0) return 0;
    put_letters(stamp, STAMP, at);
    put_letters(who, WHO, (uint64_t)t->socket);
    int len = snprintf(text, sizeof text, "42%u%s%llx\",\"text\":\"@%s %s %s\"}]", ack, t->head,
                       (unsigned long long)++serial, stamp, who, saying);
    if (!put_frame(one, text, (size_t)len)) return 0;
    one->by[ack % IN_FLIGHT] = which;
    one->sent_at[ack % IN_FLIGHT] = at;
    one->next_ack = ack + 1;
    return 1;
}

typedef struct {
    result *sum;
    uint32_t *acks_us, *deliveries_us;
    uint64_t room;
    int closed_loop;
    uint64_t measure_from, stop_at;
    const talker *talkers;
    peer *peers;
    int poll;
} run;

static void note(uint32_t *array, uint64_t *count, uint64_t room, uint64_t ns) {
    if (*count < room) array[(*count)++] = (uint32_t)(ns / 1000 > UINT32_MAX ? UINT32_MAX : ns / 1000);
}

static void take_frame(run *r, int index, const char *text, size_t len) {
    peer *one = &r->peers[index];
    uint64_t now = now_ns();
    if (len == 1 && text[0] == '2') { put_frame(one, "3", 1); return; }
    if (len < 3 || text[0] != '4') return;
    if (text[1] == '3') {
        uint32_t ack = (uint32_t)strtoul(text + 2, NULL, 10);
        int which = one->by[ack % IN_FLIGHT];
        one->by[ack % IN_FLIGHT] = -1;
        int fine = memmem(text, len, "\"ok\":true", 9) != NULL;
        if (now >= r->measure_from && now < r->stop_at) {
            if (fine) r->sum->acked++; else r->sum->refused++;
            note(r->acks_us, &r->sum->ack_count, r->room, now - one->sent_at[ack % IN_FLIGHT]);
        }
        if (which >= 0 && r->closed_loop && now < r->stop_at) say(r->peers, r->talkers, which, now);
    } else if (text[1] == '2') {
        const char *mark = memmem(text, len, "\"text\":\"@", 9);
        if (mark == NULL) return;
        const char *stamp = mark + 9;
        if (get_letters(stamp + STAMP + 1, WHO) == (uint64_t)index) return;  /* one's own, told to all of one's sockets */
        if (now < r->measure_from || now >= r->stop_at) return;
        r->sum->delivered++;
        note(r->deliveries_us, &r->sum->delivery_count, r->room, since(get_letters(stamp, STAMP), now));
    }
}

/* Every whole frame in the buffer; 0 when the server closed. */
static int take_bytes(run *r, int index) {
    peer *one = &r->peers[index];
    ssize_t n = recv(one->fd, one->in + one->in_len, sizeof one->in - one->in_len, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN)) return 0;
    if (n < 0) return 1;
    one->in_len += (size_t)n;
    size_t at = 0;
    while (one->in_len - at >= 2) {
        const uint8_t *f = one->in + at;
        size_t head = 2, len = f[1] & 127;
        if (len == 126) {
            if (one->in_len - at < 4) break;
            len = (size_t)f[2] << 8 | f[3];
            head = 4;
        } else if (len == 127) {
            if (one->in_len - at < 10) break;
            len = 0;
            for (int i = 2; i < 10; i++) len = len << 8 | f[i];
            head = 10;
        }
        if (len > FRAME_ROOM) return 0;
        if (one->in_len - at < head + len) break;
        if ((f[0] & 15) == 8) return 0;
        if ((f[0] & 15) == 1) take_frame(r, index, (const char *)f + head, len);
        at += head + len;
    }
    memmove(one->in, one->in + at, one->in_len - at);
    one->in_len -= at;
    flush_peer(r->poll, one);
    return 1;
}

static double cpu_s(void) {
    struct rusage u;
    getrusage(RUSAGE_THREAD, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Talk for `warm_s` + `seconds`, measure the latter. `rate` 0 is a closed loop with each talker's window; else so many
 * messages a second by turns, timed from when they were due, so that a slow server cannot hide by slowing the client.
 * Returns 0, or the number of sockets that the server closed. */
int bench_talk(const int *fds, int sockets, const talker *talkers, int count, const char *const *what, int whats,
               double rate, double warm_s, double seconds, uint32_t *acks_us, uint32_t *deliveries_us, uint64_t room,
               result *sum) {
    memset(sum, 0, sizeof *sum);
    sayings = what;
    saying_count = whats;
    peer *peers = calloc((size_t)sockets, sizeof *peers);
    int poll = epoll_create1(0), lost = 0;
    for (int i = 0; i < sockets; i++) {
        peers[i].fd = fds[i];
        peers[i].next_ack = 100;
        for (int j = 0; j < IN_FLIGHT; j++) peers[i].by[j] = -1;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &event);
    }
    uint64_t begun = now_ns();
    run r = {.sum = sum, .acks_us = acks_us, .deliveries_us = deliveries_us, .room = room, .closed_loop = rate == 0,
             .measure_from = begun + (uint64_t)(warm_s * 1e9), .talkers = talkers, .peers = peers, .poll = poll};
    r.stop_at = r.measure_from + (uint64_t)(seconds * 1e9);
    double cpu_before = 0;
    int measuring = 0, turn = 0;
    if (r.closed_loop) {
        for (int i = 0; i < count; i++)
            for (int j = 0; j < talkers[i].window; j++) say(peers, talkers, i, now_ns());
        for (int i = 0; i < sockets; i++) flush_peer(poll, &peers[i]);
    }
    uint64_t due = begun, gap = rate > 0 ? (uint64_t)(1e9 / rate) : 0;
    uint64_t end = r.stop_at + 500000000ull;       /* answers to the last ones, so that the sockets can be used again */
    struct epoll_event events[256];
    for (uint64_t now = now_ns(); now < end; now = now_ns()) {
        if (!measuring && now >= r.measure_from) { measuring = 1; cpu_before = cpu_s(); }
        if (measuring == 1 && now >= r.stop_at) { measuring = 2; sum->client_cpu_s = cpu_s() - cpu_before; }
        int wait_ms = r.closed_loop ? 20 : 1;
        if (gap && now < r.stop_at) {
            while (due <= now) {
                if (!say(peers, talkers, turn, due)) sum->late_sends++;
                flush_peer(poll, &peers[talkers[turn].socket]);
                turn = (turn + 1) % count;
                due += gap;
            }
            if (due - now < 1000000ull) wait_ms = 0;
        }
        int n = epoll_wait(poll, events, 256, wait_ms);
        for (int i = 0; i < n; i++) {
            peer *one = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) flush_peer(poll, one);
            if ((events[i].events & ~(uint32_t)EPOLLOUT) && !take_bytes(&r, (int)(one - peers))) {
                epoll_ctl(poll, EPOLL_CTL_DEL, one->fd, NULL);
                lost++;
            }
        }
    }
    sum->seconds = seconds;
    close(poll);
    free(peers);
    return lost;
}
