/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the writers of the targets share.
 */
#ifndef ESPIAL_RULES_EXPORT_WRITER_H
#define ESPIAL_RULES_EXPORT_WRITER_H

#include "rules/export/export.h"

/* One for each target. */
void export_spamassassin(const struct export_input *input, struct export *export);
void export_rspamd(const struct export_input *input, struct export *export);
void export_sieve(const struct export_input *input, struct export *export);
void export_rpz(const struct export_input *input, struct export *export);
void export_hosts(const struct export_input *input, struct export *export);
void export_json(const struct export_input *input, struct export *export);

/* A file of the export, still empty; lives as long as the export. */
GString *export_file_add(struct export *export, const char *name);

/* Says that something of the item (a rule's id, a domain) is not in the export. */
void export_leave_out(struct export *export, const char *item, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* The rules to export, of const struct rule; those that are not are left out, and told. The caller
 * frees it with g_ptr_array_unref(). */
GPtrArray *export_rules(const struct export_input *input, struct export *export);
/* The providers of these, of const struct esp, each once; freed likewise. */
GPtrArray *export_esps(const struct export_input *input, const GPtrArray *rules);

/* The head of a file: who made it, from what. `mark` starts a comment. */
void export_head(
	GString *out, const char *mark, const struct export_input *input, const char *what);
/* A comment on one line, of any text. */
void export_comment(GString *out, const char *mark, const char *text);
/* Where the rule is from, as a comment. */
void export_trace(
	GString *out, const char *mark, const struct export_input *input, const char *rule_id);
/* How the item came about, as comments: its evidence, and its rules. */
void export_evidence(GString *out, const char *mark, const struct export_input *input,
	const struct evidence_item *item);
/* What was left out so far, as comments at the end of a file. */
void export_tail(GString *out, const char *mark, const struct export *export);

/* One line of printable text of at most `max` bytes; the caller frees it with g_free(). */
char *export_line(const char *text, size_t max);

/* ---- symbols ---- */

/* Longer ones are warned of by SpamAssassin. */
#define EXPORT_MAX_SYMBOL 40

/* Names of rules in other programs: letters, digits and `_`, each once. */
struct symbols;
struct symbols *symbols_new(void);
void symbols_free(struct symbols *symbols);
/* `ESPIAL_MANDRILL_CLICK` of `mandrill/click`; where it is taken or too long, it ends in some
 * digits of a hash of the id. The same for the same prefix and id; lives as long as `symbols`. */
const char *symbols_get(struct symbols *symbols, const char *prefix, const char *id);

/* ---- proof ---- */

/* What another program makes of a URL before it looks at it. The caller frees it with g_free(). */
typedef char *(*export_view_fn)(const char *href);

/* Why the expression (as url_regex()) does not tell the tests of its rule apart where URLs are seen
 * through `view` (NULL: as they are); NULL where it does. The caller frees it with g_free(). */
char *export_prove(const struct rule *rule, const char *regex, export_view_fn view);
/* Why its group does not lead to the host of the destination in each test of the rule; likewise. */
char *export_prove_destination(const struct rule *rule, const char *regex, export_view_fn view);

/* ---- networks ---- */

/* An IPv4 network as a regular expression; false where it is none. */
bool export_network_regex(GString *out, const char *cidr);

#endif
