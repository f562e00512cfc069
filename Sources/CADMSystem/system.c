#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "CADMSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

int adm_rename_noreplace(int old_directory, const char *old_name,
                         int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE);
}

int adm_reserve(int fd, int64_t length) {
    return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, length);
}

int adm_start_writeback(int fd, int64_t offset, int64_t length) {
    return sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

int adm_sync_file_system(int fd) { return syncfs(fd); }

int adm_check_writeback(int fd) {
    return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE);
}

mode_t adm_umask(void) {
    // umask(2) can only be read by setting it, which other threads would notice.
    int saved = errno;
    char text[512];
    ssize_t count = -1;
    int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        count = read(fd, text, sizeof text - 1);
        close(fd);
    }
    char *line = NULL;
    if (count > 0) {
        text[count] = '\0';
        line = strstr(text, "\nUmask:");
    }
    errno = saved;
    if (line != NULL) {
        return (mode_t)strtoul(line + strlen("\nUmask:"), NULL, 8) & 0777;
    }
    // Without /proc: a private mask stands in for the moment in which it is replaced.
    mode_t mask = umask(077);
    umask(mask);
    return mask;
}

int adm_terminal_size(int fd, int *columns, int *rows) {
    struct winsize size;
    memset(&size, 0, sizeof size);
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) {
        return -1;
    }
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

// The program's own arguments; libraries get them only while they are being loaded.
static int argument_count;
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

void adm_mask_arguments(void) {
    for (int index = 1; index < argument_count; index++) {
        char *authority = strstr(arguments[index], "://");
        if (authority == NULL) continue;
        authority += 3;
        size_t length = strcspn(authority, "/?#");
        for (size_t at = length; at > 0; at--) {
            if (authority[at - 1] != '@') continue;
            memset(authority, '*', at - 1);
            break;
        }
    }
}

void adm_limit_heaps(int count) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, count);
#endif
}

void adm_conceal_memory(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
