/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One provider, as docs/rule-format.md describes `esps/<esp>.yaml`. Strings are owned by the
 * provider; lists are never NULL.
 */
#ifndef ESPIAL_RULES_ESP_H
#define ESPIAL_RULES_ESP_H

#include "rules/problem.h"
#include "rules/span.h"

enum esp_kind {
	ESP_ESP,
	ESP_MAILER,
	ESP_KIT,
	ESP_WRAPPER,
	ESP_REDIRECTOR,
	ESP_SHORTENER,
};
#define ESP_KIND_COUNT 6

/* A header that its own mail carries; `pattern` is NULL where the name is enough. */
struct esp_header {
	char *name;
	char *pattern;
};

struct esp {
	char *id;
	char *name;
	enum esp_kind kind;
	GPtrArray *abuse; /* of char * */
	GPtrArray *rdns;  /* of char *: domain suffixes, as dkim and return_path */
	GPtrArray *dkim;
	GPtrArray *return_path;
	GPtrArray *networks;   /* of char *: CIDR */
	GPtrArray *headers;    /* of struct esp_header */
	GPtrArray *references; /* of char * */
};

/* An empty provider of kind ESP_ESP; the caller frees it with esp_free(). */
struct esp *esp_new(const char *id, const char *name);
void esp_free(struct esp *esp);

/* As rule_read() and rule_write(); `file` is esps/<id>.yaml. */
struct esp *esp_read(const char *yaml, size_t len, const char *file, struct problems *problems);
char *esp_write(const struct esp *esp);

/* esps/<id>.yaml; the caller frees it with g_free(). */
char *esp_path(const char *id);
bool esp_id_valid(const char *id);
const char *esp_kind_name(enum esp_kind kind);

#endif
