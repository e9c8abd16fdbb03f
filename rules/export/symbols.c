/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of rules in other programs.
 */
#include "rules/export/writer.h"

#define HASH_DIGITS 6

struct symbols {
	GHashTable *by_id;   /* `PREFIX id` → symbol */
	GHashTable *symbols; /* taken ones; borrowed from there */
};

struct symbols *symbols_new(void)
{
	struct symbols *symbols = g_new0(struct symbols, 1);

	symbols->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	symbols->symbols = g_hash_table_new(g_str_hash, g_str_equal);
	return symbols;
}

void symbols_free(struct symbols *symbols)
{
	g_hash_table_unref(symbols->symbols);
	g_hash_table_unref(symbols->by_id);
	g_free(symbols);
}

static void upper(char *text)
{
	for (; *text; text++)
		*text = g_ascii_isalnum(*text) ? g_ascii_toupper(*text) : '_';
}

static char *with_hash(const char *symbol, const char *key)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);

	hash[HASH_DIGITS] = '\0';
	upper(hash);
	return g_strdup_printf("%.*s_%s", EXPORT_MAX_SYMBOL - HASH_DIGITS - 1, symbol, hash);
}

const char *symbols_get(struct symbols *symbols, const char *prefix, const char *id)
{
	g_autofree char *key = g_strconcat(prefix, " ", id, NULL);
	char *symbol = g_hash_table_lookup(symbols->by_id, key);

	if (symbol)
		return symbol;
	symbol = g_strconcat(prefix, id, NULL);
	upper(symbol);
	if (strlen(symbol) > EXPORT_MAX_SYMBOL || g_hash_table_contains(symbols->symbols, symbol)) {
		char *other = with_hash(symbol, key);

		g_free(symbol);
		symbol = other;
	}
	g_hash_table_add(symbols->symbols, symbol);
	g_hash_table_insert(symbols->by_id, g_steal_pointer(&key), symbol);
	return symbol;
}
