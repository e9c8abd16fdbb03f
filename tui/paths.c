/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/paths.h"

#include <glib.h>

static char *beside_source(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *build = program ? g_path_get_dirname(program) : NULL;

	return build ? g_build_filename(build, "..", "rules", "catalogue", NULL) : NULL;
}

const char *paths_catalogue(void)
{
	static char *dir;
	const char *data = g_getenv("ESPIAL_DATADIR");

	if (dir)
		return dir;
	dir = g_build_filename(data && *data ? data : ESPIAL_DATADIR, "catalogue", NULL);
	if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
		char *source = beside_source();

		if (source && g_file_test(source, G_FILE_TEST_IS_DIR)) {
			g_free(dir);
			dir = source;
		} else {
			g_free(source);
		}
	}
	return dir;
}

char *paths_ruleset(const char *given)
{
	return given ? g_strdup(given)
		     : g_build_filename(g_get_user_data_dir(), "espial", "ruleset", NULL);
}

char *paths_pending(void)
{
	return g_build_filename(g_get_user_data_dir(), "espial", "drafts", NULL);
}

char *paths_labels(void)
{
	return g_build_filename(g_get_user_data_dir(), "espial", "labels", NULL);
}

char *paths_index(void)
{
	return g_build_filename(g_get_user_data_dir(), "espial", "index", NULL);
}

char *paths_queries(void)
{
	return g_build_filename(g_get_user_state_dir(), "espial", "queries", NULL);
}
