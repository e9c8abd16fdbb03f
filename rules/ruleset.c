/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/ruleset.h"

#include "rules/error.h"

#include <errno.h>
#include <sys/stat.h>

static const char *const list_files[RULESET_LISTS] = {
	[RULESET_ABUSED_TLDS] = "abused-tlds.txt",
	[RULESET_TRIAL_DOMAINS] = "trial-domains.txt",
	[RULESET_ALLOWED_DOMAINS] = "allowed-domains.txt",
};

struct ruleset {
	gint refs;        /* atomic */
	GPtrArray *rules; /* of struct rule, sorted by id */
	GPtrArray *esps;  /* of struct esp, sorted by id */
	struct suffixes *lists[RULESET_LISTS];
};

static struct ruleset *ruleset_new(void)
{
	struct ruleset *ruleset = g_new0(struct ruleset, 1);

	ruleset->refs = 1;
	ruleset->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
	ruleset->esps = g_ptr_array_new_with_free_func((GDestroyNotify)esp_free);
	return ruleset;
}

struct ruleset *ruleset_ref(struct ruleset *ruleset)
{
	g_atomic_int_inc(&ruleset->refs);
	return ruleset;
}

void ruleset_unref(struct ruleset *ruleset)
{
	if (!ruleset || !g_atomic_int_dec_and_test(&ruleset->refs))
		return;
	g_ptr_array_unref(ruleset->rules);
	g_ptr_array_unref(ruleset->esps);
	for (size_t i = 0; i < RULESET_LISTS; i++)
		suffixes_unref(ruleset->lists[i]);
	g_free(ruleset);
}

const GPtrArray *ruleset_rules(const struct ruleset *ruleset)
{
	return ruleset->rules;
}

const GPtrArray *ruleset_esps(const struct ruleset *ruleset)
{
	return ruleset->esps;
}

const struct suffixes *ruleset_list(const struct ruleset *ruleset, enum ruleset_list list)
{
	return ruleset->lists[list];
}

/* Rules and providers both begin with their id. */
struct with_id {
	const char *id;
};

static gint by_id(gconstpointer a, gconstpointer b)
{
	return strcmp(
		(*(const struct with_id *const *)a)->id, (*(const struct with_id *const *)b)->id);
}

static void *find(const GPtrArray *sorted, const char *id)
{
	guint low = 0, high = sorted->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		int order = strcmp(id, ((const struct with_id *)sorted->pdata[middle])->id);

		if (order == 0)
			return sorted->pdata[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct rule *ruleset_find_rule(const struct ruleset *ruleset, const char *id)
{
	return find(ruleset->rules, id);
}

const struct esp *ruleset_find_esp(const struct ruleset *ruleset, const char *id)
{
	return find(ruleset->esps, id);
}

/* ---- reading ---- */

struct loading {
	const char *dir;
	struct ruleset *ruleset;
	struct problems *problems;
	unsigned files;
};

static char *read_file(const struct loading *loading, const char *file, size_t *len)
{
	g_autofree char *path = g_build_filename(loading->dir, file, NULL);
	struct stat status;
	char *text = NULL;

	if (lstat(path, &status) != 0)
		problems_add(loading->problems, file, 0, "%s", g_strerror(errno));
	else if (!S_ISREG(status.st_mode))
		problems_add(loading->problems, file, 0, "not a plain file");
	else if (status.st_size > (off_t)RULESET_MAX_FILE)
		problems_add(
			loading->problems, file, 0, "larger than %zu KiB", RULESET_MAX_FILE / 1024);
	else if (!g_file_get_contents(path, &text, len, NULL))
		problems_add(loading->problems, file, 0, "cannot be read");
	return text;
}

static void load_esp(struct loading *loading, const char *file)
{
	size_t len;
	g_autofree char *text = read_file(loading, file, &len);
	struct esp *esp = text ? esp_read(text, len, file, loading->problems) : NULL;

	if (esp)
		g_ptr_array_add(loading->ruleset->esps, esp);
}

static void load_rule(struct loading *loading, const char *file)
{
	size_t len;
	g_autofree char *text = read_file(loading, file, &len);
	struct rule *rule = text ? rule_read(text, len, file, loading->problems) : NULL;

	if (!rule)
		return;
	if (find(loading->ruleset->esps, rule->esp)) {
		g_ptr_array_add(loading->ruleset->rules, rule);
		return;
	}
	problems_add(loading->problems, file, 0, "there is no esps/%s.yaml", rule->esp);
	rule_free(rule);
}

static void load_list(struct loading *loading, const char *name)
{
	g_autofree char *file = g_build_filename("lists", name, NULL);
	g_autofree char *text = NULL;
	size_t len, list = 0;

	while (list < RULESET_LISTS && strcmp(list_files[list], name) != 0)
		list++;
	if (list == RULESET_LISTS) {
		problems_add(loading->problems, file, 0, "no list of that name is known: not read");
		return;
	}
	text = read_file(loading, file, &len);
	if (text)
		loading->ruleset->lists[list] = suffixes_read(text, len, file, loading->problems);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names with that ending in a directory of the ruleset, sorted; empty where there is none. */
static GPtrArray *list_names(const struct loading *loading, const char *below, const char *ending)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *path = g_build_filename(loading->dir, below, NULL);
	struct stat status;
	GDir *dir;

	if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		return names;
	dir = g_dir_open(path, 0, NULL);
	if (!dir)
		problems_add(loading->problems, below, 0, "cannot be read");
	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		if (*name == '.' || !g_str_has_suffix(name, ending))
			continue;
		if (names->len == RULESET_MAX_FILES) {
			problems_add(loading->problems, below, 0,
				"more than %d files: the rest is not read", RULESET_MAX_FILES);
			break;
		}
		g_ptr_array_add(names, g_strdup(name));
	}
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(names, by_text);
	return names;
}

static void load_files(
	struct loading *loading, const char *below, void (*load)(struct loading *, const char *))
{
	g_autoptr(GPtrArray) names = list_names(loading, below, ".yaml");

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *file = g_build_filename(below, names->pdata[i], NULL);

		if (++loading->files > RULESET_MAX_FILES) {
			problems_add(loading->problems, file, 0,
				"more than %d files: the rest is not read", RULESET_MAX_FILES);
			return;
		}
		load(loading, file);
	}
}

struct ruleset *ruleset_load(const char *dir, struct problems *problems, GError **error)
{
	struct loading loading = {.dir = dir, .problems = problems};

	if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"%s: no ruleset there: not a directory", dir);
		return NULL;
	}
	loading.ruleset = ruleset_new();
	load_files(&loading, "esps", load_esp);
	g_ptr_array_sort(loading.ruleset->esps, by_id);
	g_autoptr(GPtrArray) lists = list_names(&loading, "lists", ".txt");
	for (guint i = 0; i < lists->len; i++)
		load_list(&loading, lists->pdata[i]);
	g_autoptr(GPtrArray) providers = list_names(&loading, "trackers", "");
	for (guint i = 0; i < providers->len && loading.files <= RULESET_MAX_FILES; i++) {
		g_autofree char *below = g_build_filename("trackers", providers->pdata[i], NULL);

		load_files(&loading, below, load_rule);
	}
	g_ptr_array_sort(loading.ruleset->rules, by_id);
	return loading.ruleset;
}

/* ---- trying ---- */

struct ruleset *ruleset_of(GPtrArray *rules)
{
	struct ruleset *ruleset = ruleset_new();

	g_ptr_array_extend_and_steal(ruleset->rules, rules);
	g_ptr_array_sort(ruleset->rules, by_id);
	return ruleset;
}

static struct esp *esp_copy(const struct esp *esp)
{
	g_autofree char *yaml = esp_write(esp);
	struct problems *problems = problems_new();
	struct esp *copy = esp_read(yaml, strlen(yaml), NULL, problems);

	problems_free(problems);
	return copy ? copy : esp_new(esp->id, esp->name);
}

struct ruleset *ruleset_with(
	const struct ruleset *ruleset, const struct rule *rule, const struct esp *esp)
{
	struct ruleset *with = ruleset_new();

	for (guint i = 0; ruleset && i < ruleset->rules->len; i++) {
		const struct rule *other = ruleset->rules->pdata[i];

		if (strcmp(other->id, rule->id) != 0)
			g_ptr_array_add(with->rules, rule_copy(other));
	}
	g_ptr_array_add(with->rules, rule_copy(rule));
	g_ptr_array_sort(with->rules, by_id);
	for (guint i = 0; ruleset && i < ruleset->esps->len; i++) {
		const struct esp *other = ruleset->esps->pdata[i];

		if (!esp || strcmp(other->id, esp->id) != 0)
			g_ptr_array_add(with->esps, esp_copy(other));
	}
	if (esp)
		g_ptr_array_add(with->esps, esp_copy(esp));
	g_ptr_array_sort(with->esps, by_id);
	for (size_t i = 0; ruleset && i < RULESET_LISTS; i++)
		if (ruleset->lists[i])
			with->lists[i] = suffixes_ref(ruleset->lists[i]);
	return with;
}
