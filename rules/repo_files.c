/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files and directories of the work tree.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static bool io_error(GError **error, GError *failed)
{
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s", failed->message);
	g_error_free(failed);
	return false;
}

bool repo_read_file(const char *path, char **bytes, gsize *len, GError **error)
{
	GError *failed = NULL;

	return g_file_get_contents(path, bytes, len, &failed) || io_error(error, failed);
}

static bool write_file(const char *path, const void *bytes, size_t len, int mode,
	GFileSetContentsFlags flags, GError **error)
{
	GError *failed = NULL;

	return g_file_set_contents_full(path, bytes, (gssize)len, flags, mode, &failed) ||
	       io_error(error, failed);
}

bool repo_write_file(const char *path, const void *bytes, size_t len, int mode, GError **error)
{
	return write_file(path, bytes, len, mode,
		G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, error);
}

bool repo_write_new_file(const char *path, const void *bytes, size_t len, GError **error)
{
	return write_file(path, bytes, len, 0666, G_FILE_SET_CONTENTS_NONE, error);
}

bool repo_make_parents(const char *path, char **made, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);
	char *at = g_strdup(parent);

	*made = NULL;
	while (!g_file_test(at, G_FILE_TEST_EXISTS)) {
		g_free(*made);
		*made = at;
		at = g_path_get_dirname(at);
	}
	g_free(at);
	if (g_mkdir_with_parents(parent, 0777) == 0)
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", parent, g_strerror(errno));
	return false;
}

void repo_remove_parents(const char *path, const char *made)
{
	char *at = g_path_get_dirname(path);

	while (made && strlen(at) >= strlen(made) && (g_rmdir(at) == 0 || errno == ENOENT)) {
		char *above = g_path_get_dirname(at);

		g_free(at);
		at = above;
	}
	g_free(at);
}
