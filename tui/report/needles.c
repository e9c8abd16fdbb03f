/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/needles.h"

struct needles {
	GHashTable *by_prefix; /* the first NEEDLE_MIN bytes as a number → GPtrArray of needles */
	guint64 seen[1024];    /* a bit for each two bytes that a needle begins with */
};

static void needle_free(gpointer data)
{
	struct needle *needle = data;

	g_free(needle->bytes);
	if (needle->locals)
		g_ptr_array_unref(needle->locals);
	g_free(needle);
}

static void list_free(gpointer list)
{
	g_ptr_array_unref(list);
}

struct needles *needles_new(void)
{
	struct needles *needles = g_new0(struct needles, 1);

	needles->by_prefix = g_hash_table_new_full(NULL, NULL, NULL, list_free);
	return needles;
}

void needles_free(struct needles *needles)
{
	g_hash_table_unref(needles->by_prefix);
	g_free(needles);
}

static guint32 prefix_of(const char *at)
{
	guint32 prefix;

	memcpy(&prefix, at, sizeof(prefix));
	return prefix;
}

static guint16 pair_of(const char *at)
{
	guint16 pair;

	memcpy(&pair, at, sizeof(pair));
	return pair;
}

void needles_add(struct needles *needles, struct needle *needle)
{
	gpointer key;
	GPtrArray *list;

	if (needle->len < NEEDLE_MIN) {
		needle_free(needle);
		return;
	}
	key = GUINT_TO_POINTER(prefix_of(needle->bytes));
	list = g_hash_table_lookup(needles->by_prefix, key);
	if (!list) {
		list = g_ptr_array_new_with_free_func(needle_free);
		g_hash_table_insert(needles->by_prefix, key, list);
	}
	g_ptr_array_add(list, needle);
	guint16 pair = pair_of(needle->bytes);
	needles->seen[pair >> 6] |= (guint64)1 << (pair & 63);
}

const GPtrArray *needles_at(const struct needles *needles, const char *at, size_t left)
{
	guint16 pair;

	if (left < NEEDLE_MIN)
		return NULL;
	pair = pair_of(at);
	if (!(needles->seen[pair >> 6] & (guint64)1 << (pair & 63)))
		return NULL;
	return g_hash_table_lookup(needles->by_prefix, GUINT_TO_POINTER(prefix_of(at)));
}

struct needle *needle_new(enum needle_kind kind, const char *bytes, size_t len)
{
	struct needle *needle = g_new0(struct needle, 1);

	needle->kind = kind;
	needle->bytes = g_memdup2(bytes, len);
	needle->len = len;
	return needle;
}
