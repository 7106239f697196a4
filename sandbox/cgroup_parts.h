/*
 * cgroup_parts.h - between cgroup.c and what is special to v1 and v2
 */
#ifndef ASSAY_CGROUP_PARTS_H
#define ASSAY_CGROUP_PARTS_H

#include <sys/types.h>

#include "cgroup.h"

/* Small files in a folder: 0 or bytes, or -errno. */
int cgroup_write_text(int dir_fd, const char *file, const char *text);
ssize_t cgroup_read_text(int dir_fd, const char *file, char *text,
			 size_t size);

/* The files that stay open. */
int cgroup_open_file(struct cgroup *cgroup, enum cgroup_file file, int dir_fd,
		     const char *name);
int cgroup_write(const struct cgroup *cgroup, enum cgroup_file file,
		 uint64_t number);
/**
 * The number behind @key in a "key number" file, or the file's only number
 * when @key is NULL; 0 when there is none or it cannot be read.
 */
uint64_t cgroup_read(const struct cgroup *cgroup, enum cgroup_file file,
		     const char *key);
/** The same for what later numbers are held against; 0 or -errno. */
int cgroup_read_base(const struct cgroup *cgroup, enum cgroup_file file,
		     const char *key, uint64_t *ret);

/**
 * The same of several keys, by one look at the file, which the kernel writes
 * out anew for each.
 */
void cgroup_read_keys(const struct cgroup *cgroup, enum cgroup_file file,
		      const char *const *keys, uint64_t *const *ret,
		      size_t count);

/** Open @parent and make our folder in it, as number @i. */
int cgroup_make_folder(struct cgroup *cgroup, int i, const char *parent);

/** cgroup_find.c: whether the comma- or blank-separated @list has @word. */
bool cgroup_list_has(const char *list, const char *word);
/** Where the hierarchy of @controller is mounted; NULL: v2's. */
bool cgroup_find_mount(const char *controller, char *path, size_t size);
/** The folder this process is in; @controller as above. */
bool cgroup_find_own(const char *controller, char *path, size_t size);

/* False: not on this host; nothing is left behind. */
bool cgroup_v1_open(struct cgroup *cgroup);
int cgroup_v1_begin(struct cgroup *cgroup, const struct box_limits *limits,
		    struct error *err);
void cgroup_v1_start_clock(struct cgroup *cgroup);
uint64_t cgroup_v1_cpu_us(const struct cgroup *cgroup);
void cgroup_v1_memory(const struct cgroup *cgroup, struct cgroup_memory *ret);
const char *cgroup_v1_controller(int folder);

bool cgroup_v2_open(struct cgroup *cgroup);
int cgroup_v2_make_leaf(struct cgroup *cgroup);
int cgroup_v2_begin(struct cgroup *cgroup, const struct box_limits *limits,
		    struct error *err);
void cgroup_v2_memory(const struct cgroup *cgroup, struct cgroup_memory *ret);
/** Where new folders can be made; false: nowhere. */
bool cgroup_v2_parent(char *path, size_t size);

#endif
