/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each draft is two files: <esp>--<rule>.yaml and <esp>--<rule>.message.
 */
#include "rules/pending.h"

#include "rules/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define YAML_SUFFIX ".yaml"
#define MESSAGE_SUFFIX ".message"

char *pending_name(const char *rule_id)
{
	g_auto(GStrv) parts = g_strsplit(*rule_id ? rule_id : "unnamed", "/", -1);
	char *name = g_strjoinv("--", parts);

	/* What the analyst typed as an id may be no id at all. */
	g_strcanon(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", '_');
	if (strlen(name) > 200)
		name[200] = '\0';
	return name;
}

static char *path_of(const char *dir, const char *name, const char *suffix)
{
	g_autofree char *file = g_strconcat(name, suffix, NULL);

	return g_build_filename(dir, file, NULL);
}

static bool write_file(const char *path, const char *text, GError **error)
{
	GError *failed = NULL;

	if (g_file_set_contents_full(path, text, -1,
		    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &failed))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s", failed->message);
	g_error_free(failed);
	return false;
}

bool pending_save(
	const char *dir, const char *rule_id, const char *yaml, const char *message, GError **error)
{
	g_autofree char *name = pending_name(rule_id);
	g_autofree char *yaml_path = path_of(dir, name, YAML_SUFFIX);
	g_autofree char *message_path = path_of(dir, name, MESSAGE_SUFFIX);

	if (g_mkdir_with_parents(dir, 0700) != 0) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", dir, g_strerror(errno));
		return false;
	}
	return write_file(message_path, message, error) && write_file(yaml_path, yaml, error);
}

static void pending_free(gpointer data)
{
	struct pending *pending = data;

	g_free(pending->name);
	g_free(pending->yaml);
	g_free(pending->message);
	g_free(pending);
}

static struct pending *pending_read(const char *dir, const char *file)
{
	g_autofree char *path = g_build_filename(dir, file, NULL);
	struct pending *pending;
	GStatBuf status;
	char *yaml;

	if (!g_str_has_suffix(file, YAML_SUFFIX) || g_stat(path, &status) != 0 ||
		!g_file_get_contents(path, &yaml, NULL, NULL))
		return NULL;
	pending = g_new0(struct pending, 1);
	pending->name = g_strndup(file, strlen(file) - strlen(YAML_SUFFIX));
	pending->yaml = yaml;
	pending->time = status.st_mtime;
	g_autofree char *message = path_of(dir, pending->name, MESSAGE_SUFFIX);
	if (!g_file_get_contents(message, &pending->message, NULL, NULL))
		pending->message = g_strdup("");
	return pending;
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
	const struct pending *first = *(const struct pending *const *)a,
			     *second = *(const struct pending *const *)b;

	return (first->time < second->time) - (first->time > second->time);
}

GPtrArray *pending_list(const char *dir)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(pending_free);
	GDir *open = g_dir_open(dir, 0, NULL);

	for (const char *file; open && (file = g_dir_read_name(open));) {
		struct pending *pending = pending_read(dir, file);

		if (pending)
			g_ptr_array_add(list, pending);
	}
	if (open)
		g_dir_close(open);
	g_ptr_array_sort(list, newest_first);
	return list;
}

bool pending_drop(const char *dir, const char *rule_id, GError **error)
{
	g_autofree char *name = pending_name(rule_id);
	g_autofree char *yaml = path_of(dir, name, YAML_SUFFIX);
	g_autofree char *message = path_of(dir, name, MESSAGE_SUFFIX);

	if (g_unlink(yaml) != 0 && errno != ENOENT) {
		g_set_error(
			error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", yaml, g_strerror(errno));
		return false;
	}
	g_unlink(message);
	return true;
}
