/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/export/evidence.h"

#include "rules/domain.h"

static void item_free(gpointer data)
{
	struct evidence_item *item = data;

	g_free(item->name);
	g_free(item->esp);
	g_ptr_array_unref(item->rules);
	g_free(item);
}

struct evidence_item *evidence_item_new(const char *name, const char *esp)
{
	struct evidence_item *item = g_new0(struct evidence_item, 1);

	item->name = g_strdup(name);
	item->esp = g_strdup(esp);
	item->rules = g_ptr_array_new_with_free_func(g_free);
	return item;
}

struct evidence *evidence_new(const char *query, unsigned min_messages, bool off_network)
{
	struct evidence *evidence = g_new0(struct evidence, 1);

	evidence->query = g_strdup(query);
	evidence->min_messages = min_messages;
	evidence->off_network = off_network;
	evidence->landings = g_ptr_array_new_with_free_func(item_free);
	evidence->accounts = g_ptr_array_new_with_free_func(item_free);
	return evidence;
}

void evidence_free(struct evidence *evidence)
{
	if (!evidence)
		return;
	g_free(evidence->query);
	g_ptr_array_unref(evidence->landings);
	g_ptr_array_unref(evidence->accounts);
	g_free(evidence);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	const struct evidence_item *left = *(const struct evidence_item *const *)a,
				   *right = *(const struct evidence_item *const *)b;
	int order = g_strcmp0(left->esp, right->esp);

	return order ? order : strcmp(left->name, right->name);
}

static void sort(GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++)
		g_ptr_array_sort(((struct evidence_item *)items->pdata[i])->rules, by_text);
	g_ptr_array_sort(items, by_name);
}

static bool is_host_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && !strchr("-._", *p))
			return false;
	return *name && strlen(name) <= 253;
}

/* Why it cannot be blocked as a domain, or NULL. */
static const char *unfit(const char *name)
{
	if (!is_host_name(name))
		return "no host name";
	if (domain_registrable(span_from(name)).ptr)
		return NULL;
	return g_ascii_isdigit(name[strlen(name) - 1])
		       ? "an address: what blocks domains has no place for it"
		       : "a suffix under which anyone can register";
}

void evidence_settle(
	struct evidence *evidence, const struct allow *allow, struct problems *left_out)
{
	sort(evidence->landings);
	sort(evidence->accounts);
	for (guint i = 0; i < evidence->landings->len;) {
		const char *name = ((struct evidence_item *)evidence->landings->pdata[i])->name;
		const char *why = unfit(name);

		if (!why)
			why = allow_find(allow, name);
		if (!why) {
			i++;
			continue;
		}
		problems_add(left_out, name, 0, "not blocked: %s", why);
		g_ptr_array_remove_index(evidence->landings, i);
	}
}

static gint64 newest_of(const GPtrArray *items)
{
	gint64 newest = 0;

	for (guint i = 0; i < items->len; i++)
		newest = MAX(newest, ((const struct evidence_item *)items->pdata[i])->last);
	return newest;
}

gint64 evidence_newest(const struct evidence *evidence)
{
	return MAX(newest_of(evidence->landings), newest_of(evidence->accounts));
}

static char *date_text(gint64 seconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

	return time ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("?");
}

char *evidence_text(const struct evidence_item *item)
{
	g_autofree char *first = date_text(item->first), *last = date_text(item->last);

	return g_strdup_printf("%u message%s, %u off-network, %s to %s", item->messages,
		item->messages == 1 ? "" : "s", item->off, first, last);
}
