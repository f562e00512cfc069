#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "CADMSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int adm_rename_noreplace(int old_directory, const char *old_name,
                         int new_directory, const char *new_name) {
    return renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE);
}

int adm_reserve(int fd, int64_t length) {
    return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, length);
}

// Frees the holes of a file that have blocks all the same.
static int punch_holes(int fd, off_t size) {
    off_t at = 0;
    while (at < size) {
        off_t hole = lseek(fd, at, SEEK_HOLE);
        if (hole < 0 || hole >= size) return hole < 0 && errno != ENXIO ? -1 : 0;
        off_t data = lseek(fd, hole, SEEK_DATA);
        if (data < 0 && errno != ENXIO) return -1;
        if (data < 0 || data > size) data = size;
        if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, hole, data - hole) != 0) {
            return -1;
        }
        at = data;
    }
    return 0;
}

int adm_release_reserved(int fd) {
    struct stat status;
    // What is in memory alone must not be taken for a hole.
    if (fdatasync(fd) != 0 || fstat(fd, &status) != 0) return -1;
    int result = punch_holes(fd, status.st_size);
    // Some file systems free nothing where the length stays the same.
    if (ftruncate(fd, status.st_size + 1) != 0 || ftruncate(fd, status.st_size) != 0) return -1;
    return result;
}

int adm_start_writeback(int fd, int64_t offset, int64_t length) {
    return sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

int adm_sync_file_system(int fd) { return syncfs(fd); }

int adm_check_writeback(int fd) {
    return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE);
}

int adm_is_local_file_system(int fd) {
    struct statfs info;
    int saved = errno;
    if (fstatfs(fd, &info) != 0) {
        errno = saved;
        return 0;
    }
    switch ((unsigned int)info.f_type) {
    case 0xEF53:     // ext2, ext3, ext4
    case 0x58465342: // XFS
    case 0x9123683E: // Btrfs
    case 0xF2F52010: // F2FS
    case 0x01021994: // tmpfs
    case 0x794C7630: // overlayfs
        return 1;
    default:
        return 0;
    }
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

// Masks the user name and password of a URL.
static int mask_login(char *argument) {
    char *authority = strstr(argument, "://");
    if (authority == NULL) return 0;
    authority += 3;
    for (size_t at = strcspn(authority, "/?#"); at > 0; at--) {
        if (authority[at - 1] != '@') continue;
        memset(authority, '*', at - 1);
        return 1;
    }
    return 0;
}

// Masks the value of a header field; what has no colon is no field and may be anything.
static int mask_field(char *field) {
    if (field[0] == '@' || field[0] == '\0') return 0;
    char *colon = strchr(field, ':');
    char *value = colon == NULL ? field : colon + 1;
    memset(value, '*', strlen(value));
    return 1;
}

// The header field in an option: "" where it is the next argument, NULL where there is none.
static char *header_field(char *argument, const char *letters) {
    if (argument[0] != '-') return NULL;
    if (argument[1] == '-') {
        if (strncmp(argument, "--header", 8) != 0) return NULL;
        if (argument[8] == '\0') return argument + 8;
        return argument[8] == '=' ? argument + 9 : NULL;
    }
    char *letter = strpbrk(argument + 1, letters);
    if (letter == NULL || *letter != 'H') return NULL;
    return letter[1] == '=' ? letter + 2 : letter + 1;
}

int adm_mask_arguments(const char *letters) {
    int masked = 0;
    bool is_field = false;
    bool has_options = true;
    for (int index = 1; index < argument_count; index++) {
        char *argument = arguments[index];
        if (is_field) {
            masked += mask_field(argument);
            is_field = false;
            continue;
        }
        if (strcmp(argument, "--") == 0) has_options = false;
        char *field = has_options ? header_field(argument, letters) : NULL;
        if (field == NULL) {
            masked += mask_login(argument);
        } else if (*field == '\0') {
            is_field = true;
        } else {
            masked += mask_field(field);
        }
    }
    return masked;
}

void adm_limit_heaps(int count) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, count);
#endif
}

void adm_conceal_memory(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
