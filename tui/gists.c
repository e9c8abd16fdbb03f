/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/gists.h"

#include "rules/chain.h"
#include "tui/mail/message.h"
#include "tui/mail/verdict.h"

struct gists {
	GMutex mutex;
	GHashTable *by_id; /* of struct gist */
};

struct gists *gists_new(void)
{
	struct gists *gists = g_new0(struct gists, 1);

	g_mutex_init(&gists->mutex);
	gists->by_id =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)gist_unref);
	return gists;
}

void gists_free(struct gists *gists)
{
	if (!gists)
		return;
	g_hash_table_unref(gists->by_id);
	g_mutex_clear(&gists->mutex);
	g_free(gists);
}

void gist_unref(struct gist *gist)
{
	if (!gist || !g_atomic_int_dec_and_test(&gist->refs))
		return;
	g_ptr_array_unref(gist->urls);
	g_free(gist);
}

static struct gist *gist_ref(struct gist *gist)
{
	g_atomic_int_inc(&gist->refs);
	return gist;
}

struct gist *gists_peek(struct gists *gists, const char *id)
{
	struct gist *gist;

	g_mutex_lock(&gists->mutex);
	gist = g_hash_table_lookup(gists->by_id, id);
	if (gist)
		gist_ref(gist);
	g_mutex_unlock(&gists->mutex);
	return gist;
}

static struct gist *gist_of_links(const GPtrArray *links)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	struct gist *gist = g_new0(struct gist, 1);

	gist->refs = 1;
	gist->urls = g_ptr_array_new_with_free_func((GDestroyNotify)url_free);
	for (guint i = 0; i < links->len; i++) {
		const char *href = url_href(((const struct link *)links->pdata[i])->url);

		struct url *url = g_hash_table_add(seen, (gpointer)href)
					  ? url_parse(href, strlen(href), NULL)
					  : NULL;

		if (url)
			g_ptr_array_add(gist->urls, url);
	}
	return gist;
}

void gists_put(struct gists *gists, const char *id, const GPtrArray *links)
{
	struct gist *gist = gist_of_links(links);

	g_mutex_lock(&gists->mutex);
	g_hash_table_insert(gists->by_id, g_strdup(id), gist);
	g_mutex_unlock(&gists->mutex);
}

struct gist *gists_get(struct gists *gists, struct store *store, const char *id)
{
	struct gist *gist = gists_peek(gists, id);
	g_autofree char *path = gist ? NULL : store_message_file(store, id, NULL);
	struct message *message = path ? message_read(path, NULL) : NULL;

	if (!message)
		return gist;
	gists_put(gists, id, message_links(message));
	message_free(message);
	return gists_peek(gists, id);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *gist_esps(const struct gist *gist, struct matcher *matcher)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < gist->urls->len; i++) {
		struct chain *chain = chain_follow(matcher, gist->urls->pdata[i]);

		for (guint h = 0; h < chain->hops->len; h++) {
			const struct hop *hop = chain->hops->pdata[h];

			if (!g_ptr_array_find_with_equal_func(
				    names, hop->match->rule->esp, g_str_equal, NULL))
				g_ptr_array_add(names, hop->match->rule->esp);
		}
		chain_free(chain);
	}
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", (char *)names->pdata[i]);
	return g_string_free(text, FALSE);
}
