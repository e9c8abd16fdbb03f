/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scratch notmuch stores for tests: real ones, made by notmuch(1).
 */
#ifndef ESPIAL_TESTS_UNIT_SCRATCH_H
#define ESPIAL_TESTS_UNIT_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#ifdef __SANITIZE_ADDRESS__
/* libnotmuch 0.37 frees neither the regular expressions of queries nor what it had when one throws.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:regcomp\nleak:libxapian.so\nleak:libnotmuch.so\n";
}
#endif

struct scratch {
	char *dir;
	char *mail;
	char *config;
};

static inline char *run(const char *first, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *errors = NULL;
	g_autoptr(GError) error = NULL;
	char *output = NULL;
	int status = 0;
	va_list args;

	va_start(args, first);
	for (const char *arg = first; arg; arg = va_arg(args, const char *))
		g_ptr_array_add(argv, (char *)arg);
	va_end(args);
	g_ptr_array_add(argv, NULL);
	if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
		    &output, &errors, &status, &error))
		fail_msg("%s: %s", first, error->message);
	if (!g_spawn_check_wait_status(status, &error))
		fail_msg("%s %s: %s%s", first, (char *)argv->pdata[1], error->message, errors);
	return output;
}

static inline void quiet(char *output)
{
	g_free(output);
}

static inline void write_file(const char *path, const char *text)
{
	g_autofree char *dir = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	assert_int_equal(g_mkdir_with_parents(dir, 0700), 0);
	if (!g_file_set_contents(path, text, -1, &error))
		fail_msg("%s", error->message);
}

/* A mail `id` in maildir folder `folder`; date_header NULL: without one. */
static inline void write_mail(
	const char *root, const char *folder, const char *id, const char *date_header)
{
	g_autofree char *date = date_header ? g_strdup_printf("Date: %s\n", date_header) : NULL;
	g_autofree char *text = g_strdup_printf("From: Sender %s <%s@example.com>\n"
						"To: analyst@example.org\n"
						"Subject: Offer %s\n"
						"%sMessage-ID: <%s@example.com>\n\n"
						"Read https://www.example.com/%s\n",
		id, id, id, date ? date : "", id, id);
	g_autofree char *path = g_strdup_printf("%s/%s/cur/%s:2,", root, folder, id);

	write_file(path, text);
}

static inline char *date_header(gint64 seconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

	return g_date_time_format(time, "%a, %d %b %Y %H:%M:%S +0000");
}

static inline void write_mail_at(const char *root, const char *id, gint64 seconds)
{
	g_autofree char *date = date_header(seconds);

	write_mail(root, "inbox", id, date);
}

static inline struct scratch *scratch_new(const char *more_config)
{
	struct scratch *scratch = g_new0(struct scratch, 1);
	g_autofree char *config = NULL;

	scratch->dir = g_dir_make_tmp("espial-store-XXXXXX", NULL);
	assert_non_null(scratch->dir);
	scratch->mail = g_build_filename(scratch->dir, "mail", NULL);
	scratch->config = g_build_filename(scratch->dir, "notmuch-config", NULL);
	config = g_strdup_printf("[database]\npath=%s\n[user]\nname=Analyst\n"
				 "primary_email=analyst@example.org\n[new]\ntags=new;unread\n%s",
		scratch->mail, more_config);
	write_file(scratch->config, config);
	assert_int_equal(g_mkdir_with_parents(scratch->mail, 0700), 0);
	g_setenv("HOME", scratch->dir, TRUE);
	g_setenv("NOTMUCH_CONFIG", scratch->config, TRUE);
	for (const char *const *name = (const char *const[]){"NOTMUCH_PROFILE", "NOTMUCH_DATABASE",
		     "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MAILDIR", NULL};
		*name; name++)
		g_unsetenv(*name);
	return scratch;
}

static inline void scratch_free(struct scratch *scratch)
{
	quiet(run("rm", "-rf", "--", scratch->dir, NULL));
	g_free(scratch->dir);
	g_free(scratch->mail);
	g_free(scratch->config);
	g_free(scratch);
}

static inline void index_mail(void)
{
	quiet(run("notmuch", "new", "--quiet", NULL));
}

#endif
