/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each draft is two files: <name>.yaml and <name>.message.
 */
#include "rules/pending.h"

#include "rules/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define YAML_SUFFIX ".yaml"
#define MESSAGE_SUFFIX ".message"
#define SUM_LEN 12
#define NAME_LEN_MAX 200
#define FILE_SIZE_MAX (4 << 20)

/* Whether `name`, which was made of the id, is no other id's. */
static bool tells_apart(const char *name, const char *id)
{
	g_auto(GStrv) parts = g_strsplit(id, "/", -1);
	g_autofree char *joined = g_strjoinv("--", parts);

	if (strcmp(name, joined) != 0 || strlen(name) > NAME_LEN_MAX)
		return false;
	return !parts[0] || !parts[1] ||
	       (!strstr(id, "--") && !strstr(id, "-/") && !strstr(id, "/-"));
}

/* What the analyst typed as an id may be no id at all. */
char *pending_name(const char *rule_id)
{
	const char *id = *rule_id ? rule_id : "unnamed";
	g_auto(GStrv) parts = g_strsplit(id, "/", -1);
	g_autofree char *name = g_strjoinv("--", parts);
	g_autofree char *sum = NULL;

	g_strcanon(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", '_');
	if (tells_apart(name, id))
		return g_steal_pointer(&name);
	sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, id, -1);
	return g_strdup_printf("%.*s-%.*s", NAME_LEN_MAX - SUM_LEN - 1, name, SUM_LEN, sum);
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

/* NULL where it is no file of ours: a pipe would never end, and a huge one is nothing typed. */
static char *read_file(const char *path, gint64 *time)
{
	struct stat status;
	char *text = NULL;

	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_SIZE_MAX)
		return NULL;
	if (time)
		*time = (gint64)status.st_mtim.tv_sec * G_USEC_PER_SEC +
			status.st_mtim.tv_nsec / 1000;
	return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

/* NULL where it is no draft: one that could not be dropped by its name would be offered for ever.
 */
static char *name_of_file(const char *file)
{
	g_autofree char *stem = g_str_has_suffix(file, YAML_SUFFIX)
					? g_strndup(file, strlen(file) - strlen(YAML_SUFFIX))
					: NULL;
	g_autofree char *name = stem ? pending_name(stem) : NULL;

	return g_strcmp0(name, stem) == 0 ? g_steal_pointer(&name) : NULL;
}

static struct pending *pending_read(const char *dir, const char *file)
{
	g_autofree char *path = g_build_filename(dir, file, NULL);
	g_autofree char *name = name_of_file(file);
	struct pending *pending;
	gint64 time;
	char *yaml = name ? read_file(path, &time) : NULL;

	if (!yaml)
		return NULL;
	g_autofree char *message = path_of(dir, name, MESSAGE_SUFFIX);
	pending = g_new0(struct pending, 1);
	pending->name = g_steal_pointer(&name);
	pending->yaml = yaml;
	pending->time = time;
	pending->message = read_file(message, NULL);
	if (!pending->message)
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
