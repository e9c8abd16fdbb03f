/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/query_complete.h"

#include "tui/app.h"

static const char *const prefixes[] = {"and", "attachment:", "body:", "date:", "folder:", "from:",
	"id:", "is:", "lastmod:", "mid:", "mimetype:", "not", "or",
	"path:", "property:", "query:", "subject:", "tag:", "thread:", "to:", "xor", NULL};

static char **with_beginning(const char *const *names, const char *before, const char *beginning)
{
	GPtrArray *found = g_ptr_array_new();

	for (; names && *names; names++)
		if (g_str_has_prefix(*names, beginning))
			g_ptr_array_add(found, g_strconcat(before, *names, NULL));
	g_ptr_array_add(found, NULL);
	return (char **)g_ptr_array_free(found, FALSE);
}

static char **search_names(struct app *app)
{
	g_autoptr(GPtrArray) searches = store_saved_searches(app->store);
	char **names = g_new0(char *, searches->len + 1);

	for (guint i = 0; i < searches->len; i++)
		names[i] = g_strdup(((struct store_search *)searches->pdata[i])->name);
	return names;
}

char **query_complete(void *user, const char *text, size_t *start)
{
	struct app *app = user;
	const char *word = text + strlen(text);

	while (word > text && !strchr(" ()\"", word[-1]))
		word--;
	*start = (size_t)(word - text);
	for (size_t i = 0; i < 2; i++) {
		const char *prefix = i ? "is:" : "tag:";

		if (g_str_has_prefix(word, prefix)) {
			g_auto(GStrv) tags = store_all_tags(app->store);
			return with_beginning(
				(const char *const *)tags, prefix, word + strlen(prefix));
		}
	}
	if (g_str_has_prefix(word, "query:")) {
		g_auto(GStrv) names = search_names(app);
		return with_beginning(
			(const char *const *)names, "query:", word + strlen("query:"));
	}
	return with_beginning(prefixes, "", word);
}
