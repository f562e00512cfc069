#ifndef CADM_SYSTEM_H
#define CADM_SYSTEM_H

#include <stdint.h>
#include <sys/types.h>

// The system calls that Swift cannot import: variadic, or declared only with _GNU_SOURCE.
// Each returns 0, or -1 with errno set, unless it says otherwise.

/// renameat2(2) with RENAME_NOREPLACE: EEXIST where the new name is taken, EINVAL or ENOSYS where
/// the file system or the kernel cannot promise that.
int adm_rename_noreplace(int old_directory, const char *old_name,
                         int new_directory, const char *new_name);

/// fallocate(2) with FALLOC_FL_KEEP_SIZE from the first byte on.
int adm_reserve(int fd, int64_t length);

/// Gives back the space that adm_reserve took and nothing was written to, before and behind the end of the
/// file; its bytes and its length stay. Nobody may write meanwhile.
int adm_release_reserved(int fd);

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: starts to write dirty pages, waits for none.
int adm_start_writeback(int fd, int64_t offset, int64_t length);

/// syncfs(2): waits until everything that was written to the file system of a file is on the disk.
int adm_sync_file_system(int fd);

/// sync_file_range(2) with SYNC_FILE_RANGE_WAIT_BEFORE: waits for pages that are being written, and fails
/// where some of the file were lost since the last call.
int adm_check_writeback(int fd);

/// Whether this machine itself keeps the file system of a file, by fstatfs(2): ext2 to ext4, XFS, Btrfs,
/// F2FS, tmpfs or overlayfs. 0 where it does not or nobody knows; never fails.
int adm_is_local_file_system(int fd);

/// The file mode creation mask of the calling thread, read without changing it; never fails.
mode_t adm_umask(void);

/// Keeps the memory of this process from being read by other processes of the user and from core dumps
/// (prctl(2), PR_SET_DUMPABLE); never fails.
void adm_conceal_memory(void);

/// Names the calling thread for those who look at the process (prctl(2), PR_SET_NAME), with 15 bytes at most; never
/// fails.
void adm_name_thread(const char *name);

/// The most heaps that the threads of this process share (mallopt(3), M_ARENA_MAX); only once, before other
/// threads begin. Does nothing with a C library that has no such choice; never fails.
void adm_limit_heaps(int count);

/// Masks user names and passwords of URLs, the values of --header and -H, and the passwords of --user, -u and
/// their kin, in the arguments of this process with asterisks, as ps(1) shows them; copies that were made before keep them. `letters` are the
/// short options that take a value. Returns how many arguments were masked. Only once, while no other thread
/// reads them.
int adm_mask_arguments(const char *letters);

#endif
