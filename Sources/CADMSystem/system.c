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

// What the value of an option may hold.
enum content { NOTHING, FIELD, USER, SECRET };

static const struct {
    const char *name;
    enum content content;
} secret_options[] = {
    {"--header", FIELD},        {"--user", USER},          {"--http-user", USER},
    {"--proxy-user", USER},     {"--password", SECRET},    {"--http-password", SECRET},
    {"--http-passwd", SECRET},  {"--proxy-password", SECRET},
};

// Masks the value of a header field, which may be anything where it has no colon, the password behind a
// user name, or all of a secret.
static int mask_value(char *text, enum content content) {
    if (text[0] == '\0' || (content == FIELD && text[0] == '@')) return 0;
    char *colon = content == SECRET ? NULL : strchr(text, ':');
    if (content == USER && colon == NULL) return 0;
    char *value = colon == NULL ? text : colon + 1;
    memset(value, '*', strlen(value));
    return 1;
}

// The value in an option: "" where it is the next argument, NULL where the option holds no secret.
static char *secret_value(char *argument, const char *letters, enum content *content) {
    if (argument[0] != '-') return NULL;
    if (argument[1] == '-') {
        for (size_t index = 0; index < sizeof secret_options / sizeof *secret_options; index++) {
            size_t length = strlen(secret_options[index].name);
            if (strncmp(argument, secret_options[index].name, length) != 0) continue;
            if (argument[length] != '\0' && argument[length] != '=') continue;
            *content = secret_options[index].content;
            return argument + length + (argument[length] == '=' ? 1 : 0);
        }
        return NULL;
    }
    char *letter = strpbrk(argument + 1, letters);
    if (letter == NULL || (*letter != 'H' && *letter != 'u')) return NULL;
    *content = *letter == 'H' ? FIELD : USER;
    return letter[1] == '=' ? letter + 2 : letter + 1;
}

int adm_mask_arguments(const char *letters) {
    int masked = 0;
    enum content next = NOTHING;
    bool has_options = true;
    for (int index = 1; index < argument_count; index++) {
        char *argument = arguments[index];
        if (next != NOTHING) {
            masked += mask_value(argument, next);
            next = NOTHING;
            continue;
        }
        if (strcmp(argument, "--") == 0) has_options = false;
        enum content content = NOTHING;
        char *value = has_options ? secret_value(argument, letters, &content) : NULL;
        if (value == NULL) {
            masked += mask_login(argument);
        } else if (*value == '\0') {
            next = content;
        } else {
            masked += mask_value(value, content);
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

void adm_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
