/* Archives that candidates hand in, however hostile they are. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include <assay/cleanup.h>

#include "package.h"
#include "submission.h"
#include "taken.h"

static int setup(void **state)
{
	*state = folder_new();
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	return 0;
}

static struct archive *archive_begin(const char *path)
{
	struct archive *writer = archive_write_new();

	assert_non_null(writer);
	if (strstr(path, ".zip")) {
		assert_int_equal(archive_write_set_format_zip(writer), 0);
	} else {
		assert_int_equal(
			archive_write_set_format_pax_restricted(writer), 0);
		if (strstr(path, "gz"))
			assert_int_equal(archive_write_add_filter_gzip(writer),
					 0);
	}
	assert_int_equal(archive_write_open_filename(writer, path), 0);
	return writer;
}

static void archive_end(struct archive *writer)
{
	assert_int_equal(archive_write_close(writer), 0);
	assert_int_equal(archive_write_free(writer), 0);
}

static void put_bytes(struct archive *writer, const char *name, mode_t mode,
		      const void *bytes, size_t size)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_mode(entry, mode);
	archive_entry_set_size(entry, (la_int64_t)size);
	if (S_ISLNK(mode))
		archive_entry_set_symlink(entry, bytes);
	assert_true(archive_write_header(writer, entry) >= ARCHIVE_WARN);
	if (S_ISREG(mode) && size > 0)
		assert_int_equal(archive_write_data(writer, bytes, size), size);
	archive_entry_free(entry);
}

static void put(struct archive *writer, const char *name, const char *text)
{
	put_bytes(writer, name, S_IFREG | 0644, text, strlen(text));
}

static char *archive_of(const char *folder, const char *file,
			const char *const *names)
{
	char *path = folder_path(folder, file);
	struct archive *writer = archive_begin(path);

	for (; *names; names++)
		put(writer, *names,
		    strstr(*names, ".assay.json") ? MARKER : "text\n");
	archive_end(writer);
	return path;
}

static void test_archive__takes_in_tar_gz_tar_and_zip(void **state)
{
	static const char *const files[] = { "a.tar.gz", "a.tgz", "a.tar",
					     "a.zip" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO_FREE char *path = archive_of(
			*state, files[i],
			NAMES(".assay.json", "add.c", "src/x.c"));
		struct submission *submission = take_in(path);

		assert_null(submission->rejected);
		assert_string_equal(submission->id, "a");
		assert_string_equal(submission->exercise_id, "demo/adder");
		assert_string_equal(submission->language, "c");
		submission_free(submission);
		assert_taken(path, NAMES("add.c", "src/x.c"));
	}
}

static void test_archive__takes_the_only_top_folder_off(void **state)
{
	AUTO_FREE char *inside = archive_of(*state, "1.tar.gz",
					    NAMES("./ann/.assay.json",
						  "./ann/add.c",
						  "./ann/src/x.c", "./._ann"));
	AUTO_FREE char *beside = archive_of(*state, "2.tar.gz",
					    NAMES("ann/add.c", "readme"));
	AUTO_FREE char *mac = archive_of(
		*state, "3.zip", NAMES("ann/add.c", "__MACOSX/ann/._add.c"));
	struct submission *submission;

	assert_taken(inside, NAMES("add.c", "src/x.c"));
	assert_taken(beside, NAMES("ann/add.c", "readme"));
	assert_taken(mac, NAMES("add.c"));
	submission = take_in(inside);
	assert_string_equal(submission->exercise_id, "demo/adder");
	submission_free(submission);
}

static void test_archive__ignores_version_control_unread(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "a.tar");
	struct archive *writer = archive_begin(path);
	struct submission *submission;

	put(writer, "ann/add.c", "text\n");
	put(writer, "ann/.git/config", "[filter]\n");
	put_bytes(writer, "ann/.git/hooks/x", S_IFLNK | 0777, "/bin/sh", 0);
	put(writer, "ann/src/.#x.c", "emacs\n");
	archive_end(writer);
	submission = take_in(path);
	assert_null(submission->rejected);
	assert_int_equal(submission->files.count, 1);
	assert_int_equal(string_list_count(submission->ignored), 2);
	assert_string_equal(submission->ignored[0], ".git");
	assert_string_equal(submission->ignored[1], "src/.#x.c");
	submission_free(submission);
}

static void test_archive__never_opens_an_archive_in_an_archive(void **state)
{
	AUTO_FREE char *path = archive_of(
		*state, "a.tar", NAMES("add.c", "inner.zip", "inner.tar.gz"));

	assert_taken(path, NAMES("add.c", "inner.zip", "inner.tar.gz"));
}

/* One bad name each, beside a good one. */
static const struct {
	const char *name, *rule, *part;
} bad_names[] = {
	{ "../add.c", "path-traversal", "\"../add.c\"" },
	{ "a/../../add.c", "path-traversal", "leads out" },
	{ "a/..", "path-traversal", "leads out" },
	{ "./../add.c", "path-traversal", "leads out" },
	{ "/etc/passwd", "absolute-path", "\"/etc/passwd\"" },
	{ "C:/add.c", "absolute-path", "absolute" },
	{ "a\\add.c", "backslash", "backslash" },
	{ "a\nb.c", "control-character", "control character" },
	{ "a\033[2Jb.c", "control-character", "control character" },
	{ "a\177b.c", "control-character", "control character" },
	{ "caf\303\251.c", "non-ascii-name", "not plain ASCII" },
	{ "cafe\314\201.c", "non-ascii-name", "not plain ASCII" },
	{ "\377\376.c", "non-ascii-name", "not plain ASCII" },
	{ "a//b.c", "bad-name", "not a plain name" },
	{ "a/./b.c", "bad-name", "not a plain name" },
	{ "add.c", "duplicate-name", "twice" },
	{ "./add.c", "duplicate-name", "twice" },
	{ "ADD.C", "case-twin", "\"add.c\"" },
	{ "SRC/y.c", "case-twin", "\"src/x.c\"" },
	{ "src", "duplicate-name", "a file and a folder" },
	{ "add.c/x", "duplicate-name", "a file and a folder" },
};

static void test_archive__refuses_bad_names(void **state)
{
	for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
		AUTO_FREE char *path = archive_of(
			*state, "bad.tar.gz",
			NAMES("add.c", "src/x.c", bad_names[i].name));

		assert_rejected(path, bad_names[i].rule, bad_names[i].part);
	}
}

static void test_archive__refuses_bad_names_in_a_zip(void **state)
{
	for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
		AUTO_FREE char *path = archive_of(
			*state, "bad.zip",
			NAMES("add.c", "src/x.c", bad_names[i].name));

		/* In a zip that is a slash, which some archivers write so. */
		if (strchr(bad_names[i].name, '\\'))
			continue;
		assert_rejected(path, bad_names[i].rule, bad_names[i].part);
	}
}

static void test_archive__refuses_long_names(void **state)
{
	char name[400];
	AUTO_FREE char *path = NULL;

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	path = archive_of(*state, "long.tar", NAMES("add.c", name));
	assert_rejected(path, "name-too-long", "255 bytes");
	name[255] = '\0';
	free(path);
	path = archive_of(*state, "long.tar", NAMES("add.c", name));
	assert_taken(path, NAMES("add.c", name));
}

/* One entry of each type that is no plain file. */
static const struct {
	mode_t mode;
	const char *rule, *part;
} bad_types[] = {
	{ S_IFLNK | 0777, "symlink", "\"x\" is a symbolic link" },
	{ S_IFCHR | 0666, "device", "\"x\" is a device" },
	{ S_IFBLK | 0666, "device", "\"x\" is a device" },
	{ S_IFIFO | 0666, "fifo", "\"x\" is a named pipe" },
	{ S_IFREG | S_ISUID | 0755, "setuid", "\"x\" has its setuid" },
	{ S_IFREG | S_ISGID | 0755, "setuid", "\"x\" has its setuid" },
};

static void test_archive__refuses_all_but_plain_files(void **state)
{
	for (size_t i = 0; i < sizeof bad_types / sizeof *bad_types; i++) {
		AUTO_FREE char *path = folder_path(*state, "type.tar");
		struct archive *writer = archive_begin(path);

		put(writer, "add.c", "text\n");
		put_bytes(writer, "x", bad_types[i].mode, "/etc/passwd", 0);
		archive_end(writer);
		assert_rejected(path, bad_types[i].rule, bad_types[i].part);
	}
}

static void test_archive__refuses_symlinks_in_a_zip(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "link.zip");
	struct archive *writer = archive_begin(path);

	put(writer, "add.c", "text\n");
	put_bytes(writer, "x", S_IFLNK | 0777, "/etc/passwd", 0);
	archive_end(writer);
	assert_rejected(path, "symlink", "\"x\" is a symbolic link");
}

static void test_archive__refuses_hard_links(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "hard.tar");
	struct archive *writer = archive_begin(path);
	struct archive_entry *entry = archive_entry_new();

	put(writer, "add.c", "text\n");
	archive_entry_set_pathname(entry, "x");
	archive_entry_set_mode(entry, S_IFREG | 0644);
	archive_entry_set_hardlink(entry, "/etc/passwd");
	assert_int_equal(archive_write_header(writer, entry), 0);
	archive_entry_free(entry);
	archive_end(writer);
	assert_rejected(path, "hard-link", "\"x\" is a hard link");
}

static void test_archive__refuses_too_many_entries(void **state)
{
	static const char *const files[] = { "many.tar.gz", "many.zip" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO_FREE char *path = folder_path(*state, files[i]);
		struct archive *writer = archive_begin(path);
		char name[32];

		for (unsigned j = 0; j <= SUBMISSION_ENTRIES_MAX; j++) {
			(void)snprintf(name, sizeof name, "d%u/", j);
			put_bytes(writer, name, S_IFDIR | 0755, "", 0);
		}
		archive_end(writer);
		assert_rejected(path, "too-many-entries", "2000");
	}
}

static void test_archive__refuses_too_many_files(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "many.tar.gz");
	struct archive *writer = archive_begin(path);
	char name[32];

	for (unsigned i = 0; i <= FILESET_FILES_MAX; i++) {
		(void)snprintf(name, sizeof name, "f%u.c", i);
		put(writer, name, "text\n");
	}
	archive_end(writer);
	assert_rejected(path, "too-many-files", "150");
}

/* An archive of @count files of @size bytes that repeat every @period. */
static char *filled_archive(const char *folder, const char *file,
			    unsigned count, size_t size, size_t period)
{
	char *path = folder_path(folder, file);
	struct archive *writer = archive_begin(path);
	AUTO_FREE char *bytes = malloc(size);
	uint32_t random = 1;
	char name[32];

	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = i < period ? (char)(random >> 24)
				      : bytes[i - period];
	}
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(name, sizeof name, "f%u.c", i);
		put_bytes(writer, name, S_IFREG | 0644, bytes, size);
	}
	archive_end(writer);
	return path;
}

static void test_archive__refuses_ratio_bombs(void **state)
{
	AUTO_FREE char *gzip = filled_archive(*state, "bomb.tar.gz", 1, 8 << 20,
					      1);
	AUTO_FREE char *zip = filled_archive(*state, "bomb.zip", 1, 8 << 20, 1);
	AUTO_FREE char *small = filled_archive(*state, "small.tar.gz", 1,
					       1 << 19, 1);

	assert_rejected(gzip, "ratio-bomb", "200 times");
	assert_rejected(zip, "ratio-bomb", "200 times");
	assert_taken(small, NAMES("f0.c"));
}

static void test_archive__refuses_bombs_in_what_it_ignores(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "bomb.tar.gz");
	AUTO_FREE char *bytes = calloc(8, 1 << 20);
	struct archive *writer = archive_begin(path);

	put(writer, "add.c", "text\n");
	put_bytes(writer, ".git/pack", S_IFREG | 0644, bytes, 8 << 20);
	archive_end(writer);
	assert_rejected(path, "ratio-bomb", "\".git/pack\"");
}

static void test_archive__refuses_too_many_bytes(void **state)
{
	AUTO_FREE char *all = filled_archive(*state, "all.tar.gz", 5, 8 << 20,
					     32768);
	AUTO_FREE char *one = filled_archive(*state, "one.tar.gz", 1, 17 << 20,
					     32768);
	AUTO_FREE char *packed = filled_archive(*state, "packed.tar", 5,
						8 << 20, 8 << 20);

	assert_rejected(all, "too-large", "larger than 32 MiB");
	assert_rejected(one, "too-large", "larger than 16 MiB");
	assert_rejected(packed, "too-large", "The archive is larger");
}

/* A tar of one header, whose size field is @size; see pax(1), "ustar". */
static char *header_only(const char *folder, const char *file, char type,
			 const void *size)
{
	char block[1536] = "add.c";
	char *path = folder_path(folder, file);
	FILE *stream = fopen(path, "we");
	unsigned sum = 0;

	assert_non_null(stream);
	memcpy(block + 100, "0000644", 7);
	memcpy(block + 124, size, 12);
	memcpy(block + 136, "00000000000", 11);
	memset(block + 148, ' ', 8);
	block[156] = type;
	memcpy(block + 257, "ustar\00000", 8);
	for (unsigned i = 0; i < 512; i++)
		sum += (unsigned char)block[i];
	(void)snprintf(block + 148, 8, "%06o", sum);
	assert_int_equal(fwrite(block, 1, sizeof block, stream), sizeof block);
	assert_int_equal(fclose(stream), 0);
	return path;
}

static void test_archive__refuses_declared_sizes_without_reading(void **state)
{
	AUTO_FREE char *big = header_only(*state, "big.tar", '0',
					  "77777777777");
	AUTO_FREE char *huge = header_only(
		*state, "huge.tar", '0',
		"\200\0\0\0\177\377\377\377\377\377\377");

	assert_rejected(big, "too-large", "\"add.c\" says that it is larger");
	/* In base 256, as GNU tar does: 2^63 - 1 bytes. */
	assert_rejected(huge, "too-large", "\"add.c\" says that it is larger");
}

static void test_archive__refuses_sparse_files(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "sparse.tar");
	struct archive *writer = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, "add.c");
	archive_entry_set_mode(entry, S_IFREG | 0644);
	archive_entry_set_size(entry, 1 << 20);
	archive_entry_sparse_add_entry(entry, 0, 512);
	assert_int_equal(archive_write_set_format_pax(writer), 0);
	assert_int_equal(archive_write_open_filename(writer, path), 0);
	assert_int_equal(archive_write_header(writer, entry), 0);
	archive_entry_free(entry);
	assert_int_equal(archive_write_data(writer, "text\n", 5), 5);
	archive_end(writer);
	assert_rejected(path, "sparse-file", "\"add.c\" is a sparse file");
}

static void change_file(const char *path, off_t cut, off_t at, char byte)
{
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	if (at >= 0)
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	if (cut >= 0)
		assert_int_equal(ftruncate(fd, cut), 0);
}

static void test_archive__refuses_archives_that_are_cut_off(void **state)
{
	static const char *const files[] = { "cut.tar.gz", "cut.tar",
					     "cut.zip" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO_FREE char *path = filled_archive(*state, files[i], 2,
						      100000, 100000);

		change_file(path, 60000, -1, 0);
		assert_rejected(path, "corrupt-archive", "cut off");
	}
}

static void test_archive__refuses_archives_that_are_damaged(void **state)
{
	AUTO_FREE char *zip = filled_archive(*state, "bad.zip", 1, 100000,
					     100000);
	AUTO_FREE char *tar = filled_archive(*state, "bad.tar", 2, 100000,
					     100000);
	AUTO_FREE char *magic = folder_path(*state, "magic.tar.gz");

	change_file(zip, -1, 5000, '\1');
	assert_rejected(zip, "corrupt-archive", "damaged");
	change_file(tar, -1, 512 + 100352 + 10, 'x');
	assert_rejected(tar, "corrupt-archive", "damaged");
	folder_write(*state, "magic.tar.gz", "\037\213\b not really");
	assert_rejected(magic, "corrupt-archive", "damaged");
}

/*
 * Change a byte of each header of a zip: the one @at from the start of those
 * before files, which is two further on in those of the directory.
 */
static void change_headers(const char *folder, const char *name, off_t at,
			   char byte)
{
	AUTO_FREE char *path = folder_path(folder, name);
	AUTO_FREE char *bytes = folder_read(folder, name);
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	for (off_t i = 0; i + 4 < info.st_size; i++) {
		if (memcmp(bytes + i, "PK\3\4", 4) == 0)
			change_file(path, -1, i + at, byte);
		if (memcmp(bytes + i, "PK\1\2", 4) == 0)
			change_file(path, -1, i + at + 2, byte);
	}
}

static void test_archive__refuses_encrypted_zips(void **state)
{
	AUTO_FREE char *path = archive_of(*state, "secret.zip", NAMES("add.c"));

	/* Bit 0 of the flags (APPNOTE 4.4.4). */
	change_headers(*state, "secret.zip", 6, 1);
	assert_rejected(path, "encrypted", "\"add.c\" is encrypted");
}

static void test_archive__refuses_methods_that_need_much_memory(void **state)
{
	static const char methods[] = { 9, 12, 14, 95, 98 };

	/* The method (APPNOTE 4.4.5). */
	for (size_t i = 0; i < sizeof methods; i++) {
		AUTO_FREE char *path = archive_of(*state, "lzma.zip",
						  NAMES("add.c"));

		change_headers(*state, "lzma.zip", 8, methods[i]);
		assert_rejected(path, "compression-method", "\"add.c\"");
	}
}

static void test_archive__refuses_what_is_compressed_twice(void **state)
{
	AUTO_FREE char *path = folder_path(*state, "twice.tar.gz");
	struct archive *writer = archive_write_new();

	assert_int_equal(archive_write_set_format_ustar(writer), 0);
	assert_int_equal(archive_write_add_filter_gzip(writer), 0);
	assert_int_equal(archive_write_add_filter_gzip(writer), 0);
	assert_int_equal(archive_write_open_filename(writer, path), 0);
	put(writer, "add.c", "text\n");
	archive_end(writer);
	assert_rejected(path, "nested-compression", "twice");
}

static void test_archive__refuses_an_archive_of_nothing(void **state)
{
	AUTO_FREE char *tar = archive_of(*state, "none.tar", NAMES(".git/x"));
	AUTO_FREE char *zip = archive_of(*state, "none.zip", NAMES(".git/x"));

	assert_rejected(tar, "empty", "no files");
	assert_rejected(zip, "empty", "no files");
}

static void test_archive__is_not_any_file(void **state)
{
	AUTO_FREE char *text = folder_path(*state, "add.c");
	AUTO_FREE char *empty = folder_path(*state, "empty.tar.gz");
	AUTO_FREE char *nowhere = folder_path(*state, "nowhere");
	struct submission *submission = NULL;
	struct error err;

	folder_write(*state, "add.c", "int add(int a, int b);\n");
	folder_write(*state, "empty.tar.gz", "");
	assert_int_equal(submission_read(text, &submission, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not a .tar.gz, .tar or .zip"));
	assert_int_equal(submission_read(empty, &submission, &err), -EINVAL);
	assert_int_equal(submission_read(nowhere, &submission, &err), -ENOENT);
	assert_int_equal(submission_read("/dev/null", &submission, &err),
			 -EINVAL);
	assert_null(submission);
}

static void test_archive__id_is_plain_whatever_the_name(void **state)
{
	static const struct {
		const char *file, *id;
	} names[] = {
		{ "ann.tar.gz", "ann" },
		{ "ann.v2.TGZ", "ann.v2" },
		{ "a b\n;$(x).zip", "a_b____x_" },
		{ "..tar", "_" },
		{ ".tar", "_tar" },
		{ "-rf.tar", "_rf" },
		{ "caf\303\251.tar", "caf__" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO_FREE char *real = archive_of(*state, "real.tar.gz",
						  NAMES("add.c"));
		AUTO_FREE char *path = folder_path(*state, names[i].file);
		struct submission *submission;

		assert_int_equal(rename(real, path), 0);
		submission = take_in(path);
		assert_string_equal(submission->id, names[i].id);
		submission_free(submission);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_archive__takes_in_tar_gz_tar_and_zip),
		TEST(test_archive__takes_the_only_top_folder_off),
		TEST(test_archive__ignores_version_control_unread),
		TEST(test_archive__never_opens_an_archive_in_an_archive),
		TEST(test_archive__refuses_bad_names),
		TEST(test_archive__refuses_bad_names_in_a_zip),
		TEST(test_archive__refuses_long_names),
		TEST(test_archive__refuses_all_but_plain_files),
		TEST(test_archive__refuses_symlinks_in_a_zip),
		TEST(test_archive__refuses_hard_links),
		TEST(test_archive__refuses_too_many_entries),
		TEST(test_archive__refuses_too_many_files),
		TEST(test_archive__refuses_ratio_bombs),
		TEST(test_archive__refuses_bombs_in_what_it_ignores),
		TEST(test_archive__refuses_too_many_bytes),
		TEST(test_archive__refuses_declared_sizes_without_reading),
		TEST(test_archive__refuses_sparse_files),
		TEST(test_archive__refuses_archives_that_are_cut_off),
		TEST(test_archive__refuses_archives_that_are_damaged),
		TEST(test_archive__refuses_encrypted_zips),
		TEST(test_archive__refuses_methods_that_need_much_memory),
		TEST(test_archive__refuses_what_is_compressed_twice),
		TEST(test_archive__refuses_an_archive_of_nothing),
		TEST(test_archive__is_not_any_file),
		TEST(test_archive__id_is_plain_whatever_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
