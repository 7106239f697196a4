/*
 * landlock.h - which files a program may reach, by the kernel's Landlock
 *
 * A second wall behind mounts, and the first where there are none. The box
 * opens once what every run may reach; each run's child makes a ruleset of
 * that, adds its own folders and confines itself (inside.c), ahead of the
 * request. See landlock(7) and Documentation/userspace-api/landlock.rst.
 */
#ifndef ASSAY_LANDLOCK_H
#define ASSAY_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <assay/error.h>

#define LANDLOCK_PLACES_MAX 48

/* What each version of the interface brought, and the kernel it came with. */
enum {
	LANDLOCK_ABI_REFER = 2,    /* Linux 5.19: links and renames */
	LANDLOCK_ABI_TRUNCATE = 3, /* Linux 6.2 */
	LANDLOCK_ABI_NETWORK = 4,  /* Linux 6.7: TCP */
	LANDLOCK_ABI_IOCTL = 5,    /* Linux 6.10: of devices */
	LANDLOCK_ABI_SCOPE = 6,    /* Linux 6.12: signals, abstract sockets */
};

/* What may be done beneath a place. */
enum landlock_use {
	LANDLOCK_READ,   /* read and execute */
	LANDLOCK_WRITE,  /* everything but making devices */
	LANDLOCK_DEVICE, /* read, write, ask about */
	LANDLOCK_PROC,   /* read, and write what is there */
	LANDLOCK_LOOK,   /* read, not execute */
};

/* As the kernel takes it (struct landlock_ruleset_attr of Linux 6.12); older
 * ones take the first landlock.attributes_size bytes. */
struct landlock_attributes {
	uint64_t handled_files;
	uint64_t handled_network;
	uint64_t scoped;
};

struct landlock_place {
	int fd; /* O_PATH */
	uint64_t access;
};

struct landlock {
	int abi;   /* 0: there is none */
	int error; /* then: the errno of asking */
	struct landlock_attributes attributes;
	size_t attributes_size;
	/* for the folders and the /proc that are made for each run */
	uint64_t write_access, proc_access;
	unsigned places;
	struct landlock_place place[LANDLOCK_PLACES_MAX];
};

/** Ask the kernel. Never fails: without, abi is 0. */
void landlock_init(struct landlock *landlock);

/**
 * Let runs use what is at @path and beneath it. What is not there is passed
 * over. Does nothing without Landlock.
 */
int landlock_allow(struct landlock *landlock, const char *path,
		   enum landlock_use use, struct error *err);

/** The rights that interface version @abi knows for @use of a folder, or of
 * anything else. */
uint64_t landlock_rights(int abi, enum landlock_use use, bool folder);

void landlock_release(struct landlock *landlock);

#endif
