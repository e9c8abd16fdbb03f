/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/link_list.h"

#include "rules/unexplained.h"

/* Looking takes time, and a mail can have any number of links. */
#define MAX_SUSPECTS 500

struct link_list {
	GArray *entries; /* of struct link_entry */
	GArray *numbers; /* of guint, one a verdict */
};

enum rank { RANK_READ, RANK_CLICKED, RANK_FETCHED, RANKS };

/* ---- which, and in which order ---- */

static bool is_listed(const struct verdict *verdict)
{
	return link_is_clickable(verdict->link) || verdict->link->kind == LINK_PIXEL ||
	       verdict->chain->hops->len;
}

static enum rank rank_of(const struct verdict *verdict, bool read)
{
	if (!link_is_clickable(verdict->link))
		return RANK_FETCHED;
	return read ? RANK_READ : RANK_CLICKED;
}

/* For each verdict, whether its link stands in the text. */
static bool *links_read(const GPtrArray *verdicts, const struct rendered *rendered)
{
	bool *read = g_new0(bool, verdicts->len + 1);

	for (guint i = 0; i < rendered->marks->len; i++) {
		const struct rendered_mark *mark =
			&g_array_index(rendered->marks, struct rendered_mark, i);

		if (mark->kind == RENDERED_LINK && mark->link < verdicts->len)
			read[mark->link] = true;
	}
	return read;
}

struct url *link_list_unexplained(const struct verdict *verdict)
{
	const struct chain *chain = verdict->chain;
	const char *href = chain->landing ? chain->landing : url_href(verdict->link->url);

	return url_parse(href, strlen(href), NULL);
}

static bool is_suspect(const struct verdict *verdict)
{
	struct url *url = link_list_unexplained(verdict);
	bool suspect = url && unexplained_signs(url);

	url_free(url);
	return suspect;
}

/* Adds the link to the entry of its URL, or a new one; `by_url` maps URLs to numbers. */
static void add(struct link_list *list, GHashTable *by_url, const struct verdict *verdict, guint i)
{
	gpointer href = (gpointer)url_href(verdict->link->url);
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(by_url, href));
	struct link_entry *entry;

	if (!number) {
		struct link_entry fresh = {.verdict = verdict,
			.suspect = list->entries->len < MAX_SUSPECTS && is_suspect(verdict)};

		g_array_append_val(list->entries, fresh);
		number = list->entries->len;
		g_hash_table_insert(by_url, href, GUINT_TO_POINTER(number));
	}
	entry = &g_array_index(list->entries, struct link_entry, number - 1);
	entry->count++;
	entry->signals |= verdict->signals;
	g_array_index(list->numbers, guint, i) = number;
}

struct link_list *link_list_new(const GPtrArray *verdicts, const struct rendered *rendered)
{
	struct link_list *list = g_new0(struct link_list, 1);
	g_autoptr(GHashTable) by_url = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree bool *read = links_read(verdicts, rendered);

	list->entries = g_array_new(FALSE, TRUE, sizeof(struct link_entry));
	list->numbers = g_array_sized_new(FALSE, TRUE, sizeof(guint), verdicts->len);
	g_array_set_size(list->numbers, verdicts->len);
	for (enum rank rank = 0; rank < RANKS; rank++) {
		for (guint i = 0; i < verdicts->len; i++) {
			const struct verdict *verdict = verdicts->pdata[i];

			if (is_listed(verdict) && rank_of(verdict, read[i]) == rank)
				add(list, by_url, verdict, i);
		}
	}
	return list;
}

void link_list_free(struct link_list *list)
{
	if (!list)
		return;
	g_array_unref(list->entries);
	g_array_unref(list->numbers);
	g_free(list);
}

/* ---- reading it ---- */

size_t link_list_count(const struct link_list *list)
{
	return list->entries->len;
}

const struct link_entry *link_list_at(const struct link_list *list, size_t i)
{
	return &g_array_index(list->entries, struct link_entry, i);
}

guint link_list_number(const struct link_list *list, guint verdict)
{
	return verdict < list->numbers->len ? g_array_index(list->numbers, guint, verdict) : 0;
}
