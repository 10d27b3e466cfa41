/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_output.c - results go out whole or not at all. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/output.h"
#include "tests/suite.h"

static char folder[64];

static void enter_folder(void)
{
	strcpy(folder, "/tmp/check_output.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static size_t count_files(void)
{
	DIR *dir = opendir(".");
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *d; (d = readdir(dir));)
		count += d->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void leave_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void ck_assert_contents(const char *path, const char *want)
{
	char got[256];
	FILE *file = fopen(path, "r");
	size_t length;

	ck_assert_ptr_nonnull(file);
	length = fread(got, 1, sizeof(got) - 1, file);
	got[length] = '\0';
	fclose(file);
	ck_assert_str_eq(got, want);
}

static struct output written(const char *path, const char *text)
{
	struct output output;

	ck_assert_int_eq(output_open(&output, path), 0);
	fputs(text, output.stream);
	return output;
}

START_TEST(file_appears_at_commit_and_not_before)
{
	struct output output = written("new", "results\n");

	fflush(output.stream);
	ck_assert_uint_eq(count_files(), 0);
	ck_assert_int_eq(output_commit(&output, false), 0);
	ck_assert_contents("new", "results\n");
	ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(discarded_output_leaves_the_old_file)
{
	struct output output;

	put("old", "before\n");
	output = written("old", "after\n");
	output_discard(&output);
	ck_assert_contents("old", "before\n");
	ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(replaced_file_keeps_its_mode)
{
	struct output output;
	struct stat st;

	put("old", "before\n");
	ck_assert_int_eq(chmod("old", 0640), 0);
	output = written("old", "after\n");
	ck_assert_int_eq(output_commit(&output, false), 0);
	ck_assert_contents("old", "after\n");
	ck_assert_int_eq(stat("old", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
}
END_TEST

START_TEST(new_file_obeys_the_umask)
{
	struct output output = written("new", "x\n");
	struct stat st;

	umask(027);
	ck_assert_int_eq(output_commit(&output, false), 0);
	ck_assert_int_eq(stat("new", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
}
END_TEST

START_TEST(symbolic_link_stays_a_link)
{
	struct output output;
	struct stat st;

	put("target", "before\n");
	ck_assert_int_eq(symlink("target", "link"), 0);
	output = written("link", "after\n");
	ck_assert_int_eq(output_commit(&output, false), 0);
	ck_assert_contents("target", "after\n");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

START_TEST(killed_writer_leaves_nothing)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct output output = written("new", "half of it");

		fflush(output.stream);
		signal(SIGTERM, SIG_DFL); /* not libcheck's */
		raise(SIGTERM);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(packed_output_unpacks_and_has_no_time_in_it)
{
	unsigned char head[10] = { 0 };
	char text[64] = "";
	struct output output = written("new.gz", "results\n");
	FILE *file;
	gzFile gz;

	ck_assert_int_eq(output_commit(&output, true), 0);
	gz = gzopen("new.gz", "rb");
	ck_assert_ptr_nonnull(gz);
	ck_assert_int_eq(gzread(gz, text, sizeof(text) - 1), 8);
	gzclose(gz);
	ck_assert_str_eq(text, "results\n");
	file = fopen("new.gz", "rb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fread(head, 1, sizeof(head), file), sizeof(head));
	fclose(file);
	/* RFC 1952: ID1 ID2 CM FLG MTIME[4] XFL OS; no name, no time. */
	ck_assert_uint_eq(head[0], 0x1f);
	for (int i = 3; i < 8; i++)
		ck_assert_uint_eq(head[i], 0);
}
END_TEST

START_TEST(large_output_is_whole)
{
	struct output output;
	struct stat st;

	ck_assert_int_eq(output_open(&output, "large"), 0);
	for (int i = 0; i < 300000; i++)
		fputc('x', output.stream);
	ck_assert_int_eq(output_commit(&output, false), 0);
	ck_assert_int_eq(stat("large", &st), 0);
	ck_assert_int_eq(st.st_size, 300000);
}
END_TEST

START_TEST(device_is_written_and_not_replaced)
{
	struct output output = written("/dev/null", "x\n");
	struct stat st;

	ck_assert_int_eq(output_commit(&output, false), 0);
	ck_assert_int_eq(stat("/dev/null", &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

START_TEST(full_device_is_an_error)
{
	struct output output = written("/dev/full", "x\n");

	ck_assert_int_eq(output_commit(&output, false), -ENOSPC);
	ck_assert_ptr_null(output.stream);
}
END_TEST

static const struct refused_row {
	const char *path;
	int rc;
} refused_rows[] = {
	{ ".", -EISDIR },
	{ "no/such/folder/file", -ENOENT },
};

START_TEST(impossible_target_is_refused_before_the_work)
{
	const struct refused_row *row = &refused_rows[_i];
	struct output output;
	int rc = output_open(&output, row->path);

	ck_assert_msg(rc == row->rc, "%s: got %d, want %d", row->path, rc,
		      row->rc);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, enter_folder, leave_folder);
	tcase_add_test(tc, file_appears_at_commit_and_not_before);
	tcase_add_test(tc, discarded_output_leaves_the_old_file);
	tcase_add_test(tc, replaced_file_keeps_its_mode);
	tcase_add_test(tc, new_file_obeys_the_umask);
	tcase_add_test(tc, symbolic_link_stays_a_link);
	tcase_add_test(tc, killed_writer_leaves_nothing);
	tcase_add_test(tc, packed_output_unpacks_and_has_no_time_in_it);
	tcase_add_test(tc, large_output_is_whole);
	tcase_add_test(tc, device_is_written_and_not_replaced);
	tcase_add_test(tc, full_device_is_an_error);
	tcase_add_loop_test(tc, impossible_target_is_refused_before_the_work, 0,
			    ROWS(refused_rows));
}

int main(void)
{
	return run_suite("output", add_tests);
}
