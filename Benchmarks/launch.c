// launch: runs a program and reports what it used.
//
//   launch FD NAMESPACE PROGRAM [ARGUMENT...]      NAMESPACE may be - for none
//
// Writes one line to FD when the program has ended: wall seconds, CPU seconds of it and its children,
// peak memory in KiB, wait status. A process inherits the peak memory of the one that forked it until
// it forks itself; this launcher is small, a Python program is not.
// SIGINT and SIGTERM are handed on; SIGUSR1 becomes SIGKILL. The program dies with the launcher.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <errno.h>

static volatile pid_t child;

static void hand_on(int number) {
    if (child > 0) kill(child, number == SIGUSR1 ? SIGKILL : number);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void enter(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int space = open(path, O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNET) != 0) {
        perror(path);
        exit(125);
    }
    close(space);
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int count, char **words) {
    if (count < 4) return 125;
    int report = atoi(words[1]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (strcmp(words[2], "-") != 0) enter(words[2]);
    int signals[] = {SIGINT, SIGTERM, SIGUSR1};
    sigset_t handled, before;
    sigemptyset(&handled);
    for (int index = 0; index < 3; index++) sigaddset(&handled, signals[index]);
    sigprocmask(SIG_BLOCK, &handled, &before);
    for (int index = 0; index < 3; index++) signal(signals[index], hand_on);
    double begin = now();
    pid_t made = fork();
    if (made < 0) return 125;
    if (made == 0) {
        for (int index = 0; index < 3; index++) signal(signals[index], SIG_DFL);
        sigprocmask(SIG_SETMASK, &before, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(report);
        execvp(words[3], words + 3);
        perror(words[3]);
        _exit(127);
    }
    child = made;
    sigprocmask(SIG_SETMASK, &before, NULL);
    int status = 0;
    struct rusage usage;
    // WNOWAIT first: the process id stays taken until the signals are off.
    siginfo_t gone;
    while (waitid(P_PID, (id_t)made, &gone, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
    double wall = now() - begin;
    child = 0;
    while (wait4(made, &status, 0, &usage) < 0 && errno == EINTR) {}
    dprintf(report, "%.6f %.6f %ld %d\n", wall, seconds(usage.ru_utime) + seconds(usage.ru_stime),
            usage.ru_maxrss, status);
    return 0;
}
