/*
 * package.h - a temporary folder, and a small exercise package in one
 */
#ifndef TESTS_UNIT_PACKAGE_H
#define TESTS_UNIT_PACKAGE_H

#define PACKAGE_ID "demo/adder"

/* exercise.json of the package, to be edited and written again. */
extern const char package_manifest[];

/** A new folder beneath /tmp; folder_remove() removes it and frees. */
char *folder_new(void);
void folder_remove(char *folder);

/** "@folder/@name"; free() it. */
char *folder_path(const char *folder, const char *name);

/** Write a file, and the folders it is in. */
void folder_write(const char *folder, const char *name, const char *text);

/** What a file holds; free() it. NULL when it is not there. */
char *folder_read(const char *folder, const char *name);

/** Make the package PACKAGE_ID, complete and valid, in @root. */
void package_make(const char *root);

/** package_manifest with @from, which is in it, replaced; free() it. */
char *package_edit(const char *from, const char *to);

#endif
