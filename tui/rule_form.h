/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rule as rows of a form: each a name and a line of text that can be edited.
 */
#ifndef ESPIAL_TUI_RULE_FORM_H
#define ESPIAL_TUI_RULE_FORM_H

#include "rules/rule.h"

size_t rule_form_count(void);
const char *rule_form_name(size_t row);
/* How to write what the row takes, one line. */
const char *rule_form_hint(size_t row);

/* The text of a row; the caller frees it with g_free(). */
char *rule_form_get(const struct rule *rule, size_t row);
/* Puts an edited text back. Whether the rule is then any good is for rule_read() to say. */
void rule_form_set(struct rule *rule, size_t row, const char *text);

/* A pipeline out of `param p | base64 | json url`; `opaque` or nothing is an empty one. Steps are
 * put in place of those in `pipeline`. */
void rule_form_parse_pipeline(GPtrArray *pipeline, const char *text);

#endif
