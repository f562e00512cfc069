// relay: a wide-area link between two network namespaces, in user space.
//
//   relay SPACE_A DEVICE_A SPACE_B DEVICE_B DELAY_MS LOSS_PERCENT RATE_MBIT QUEUE_MS
//
// Opens a TUN device in each namespace and carries packets between them. Each way has its own link:
// a packet is lost at random (by a sequence that can be repeated), or else waits for those before it as
// the rate demands, is dropped where that wait would exceed the queue, and arrives DELAY_MS later.
// A number on standard input, in a line, begins another sequence. Prints "ready" once both devices are there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST = 2048, PLACES = 1 << 15, BURST = 32 };

struct packet {
    int64_t due;
    int length;
    unsigned char bytes[LARGEST];
};

// Packets on their way in one direction: a ring, ordered by the time at which they arrive.
struct link {
    struct packet *ring;
    unsigned first, end;
    int64_t busy_until;
    uint64_t random;
};

static int64_t delay, queue;
static double loss, nanoseconds_per_byte;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int open_device(const char *space, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", space);
    int place = open(path, O_RDONLY);
    if (place < 0 || setns(place, CLONE_NEWNET) != 0) fail(path);
    close(place);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    if (device < 0) fail("/dev/net/tun");
    struct ifreq request = {0};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
    if (ioctl(device, TUNSETIFF, &request) != 0) fail("TUNSETIFF");
    return device;
}

// A number in [0, 1) from a linear congruential generator.
static double chance(struct link *link) {
    link->random = link->random * 6364136223846793005u + 1442695040888963407u;
    return (double)(link->random >> 11) / 9007199254740992.0;
}

static void take(struct link *link, int device) {
    for (int count = 0; count < BURST; count++) {
        struct packet *packet = &link->ring[link->end % PLACES];
        unsigned char spare[LARGEST];
        int full = link->end - link->first == PLACES;
        ssize_t length = read(device, full ? spare : packet->bytes, LARGEST);
        if (length <= 0) return;
        if (full || chance(link) < loss) continue;
        int64_t time = now();
        int64_t start = link->busy_until > time ? link->busy_until : time;
        if (start - time > queue) continue;
        link->busy_until = start + (int64_t)((double)length * nanoseconds_per_byte);
        packet->due = link->busy_until + delay;
        packet->length = (int)length;
        link->end++;
    }
}

// Hands over what is due; returns the time of the next packet, or 0.
static int64_t deliver(struct link *link, int device) {
    while (link->first != link->end) {
        struct packet *packet = &link->ring[link->first % PLACES];
        if (packet->due > now()) return packet->due;
        if (write(device, packet->bytes, (size_t)packet->length) < 0 && errno == EAGAIN)
            return now() + 100000;
        link->first++;
    }
    return 0;
}

int main(int count, char **words) {
    if (count != 9) {
        fprintf(stderr, "eight arguments are needed; see the head of relay.c\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    delay = (int64_t)(atof(words[5]) * 1e6);
    loss = atof(words[6]) / 100;
    double rate = atof(words[7]);
    nanoseconds_per_byte = rate > 0 ? 8000 / rate : 0;
    queue = (int64_t)(atof(words[8]) * 1e6);
    int devices[2] = {open_device(words[1], words[2]), open_device(words[3], words[4])};
    struct link links[2] = {{.random = 1}, {.random = 2}};
    for (int way = 0; way < 2; way++)
        if (!(links[way].ring = calloc(PLACES, sizeof(struct packet)))) fail("memory");
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        int64_t next = 0;
        for (int way = 0; way < 2; way++) {
            int64_t due = deliver(&links[way], devices[1 - way]);
            if (due != 0 && (next == 0 || due < next)) next = due;
        }
        struct pollfd ready[3] = {
            {devices[0], POLLIN, 0}, {devices[1], POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        int64_t wait = next == 0 ? 1000000000 : next - now();
        if (wait < 0) wait = 0;
        struct timespec limit = {wait / 1000000000, wait % 1000000000};
        if (ppoll(ready, 3, &limit, NULL) < 0 && errno != EINTR) fail("poll");
        if (ready[2].revents != 0) {
            char line[32] = "";
            // The end of the input is the end of the run.
            if (read(STDIN_FILENO, line, sizeof line - 1) <= 0) return 0;
            links[0].random = strtoull(line, NULL, 10) * 2;
            links[1].random = links[0].random + 1;
            for (int step = 0; step < 8; step++) {
                chance(&links[0]);
                chance(&links[1]);
            }
        }
        for (int way = 0; way < 2; way++)
            if (ready[way].revents & POLLIN) take(&links[way], devices[way]);
    }
}
