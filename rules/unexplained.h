/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * URLs that no rule explains and that look like click trackers all the same: what still needs a
 * rule.
 */
#ifndef ESPIAL_RULES_UNEXPLAINED_H
#define ESPIAL_RULES_UNEXPLAINED_H

#include "rules/url.h"

/* What makes a URL look like a tracker. */
enum unexplained_sign {
	UNEXPLAINED_TOKEN = 1 << 0,    /* a value that nobody would type: an id, a hash, data */
	UNEXPLAINED_REDIRECT = 1 << 1, /* a path or parameter that speaks of clicks or redirects */
	UNEXPLAINED_CARRIES = 1 << 2,  /* it carries a URL of another site */
};
#define UNEXPLAINED_SIGNS 3

/* The signs of an http or https URL, a set of enum unexplained_sign; 0 where they are too few to
 * call it tracker-like. Work is bounded, whatever the URL holds. */
unsigned unexplained_signs(const struct url *url);

/* `token`, `redirect`, `carries-url`. */
const char *unexplained_sign_name(enum unexplained_sign sign);

/* Where the URL belongs in a list of what needs a rule, `example.com /t/<hex>/<data>?c&s`: the same
 * for all links of one tracker, whatever their ids. The caller frees it with g_free(). */
char *unexplained_shape(const struct url *url);

#endif
