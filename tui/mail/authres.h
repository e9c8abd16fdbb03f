/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server found out about a mail's sender, as it wrote it down: Authentication-Results
 * (RFC 8601), ARC-Authentication-Results (RFC 8617) and Received-SPF (RFC 7208 §9.1), read
 * leniently. Whether to believe the server is for the caller to know. Strings are unsanitised.
 */
#ifndef ESPIAL_TUI_MAIL_AUTHRES_H
#define ESPIAL_TUI_MAIL_AUTHRES_H

#include "tui/mail/ip.h"

/* What is beyond is left out. */
#define AUTHRES_MAX_RESULTS 64
#define AUTHRES_MAX_PROPERTIES 32

struct authres_property {
	char *name; /* `smtp.mailfrom`, lower case */
	char *value;
};

struct authres_result {
	char *method;          /* `spf`, lower case, without its version */
	char *result;          /* `pass`, lower case */
	char *comment;         /* the first; NULL */
	GPtrArray *properties; /* of struct authres_property */
};

struct authres {
	char *id; /* authserv-id, lower case; NULL where there is none, as Microsoft does */
	GPtrArray *results; /* of struct authres_result */
};

/* `value` is the unfolded field, not RFC 2047 decoded. Never NULL; the caller frees it with
 * authres_free(). */
struct authres *authres_parse(const char *value);
/* Received-SPF, as one result of the method `spf`. */
struct authres *authres_parse_spf(const char *value);
void authres_free(struct authres *authres);

/* The value of the property, or NULL. */
const char *authres_property(const struct authres_result *result, const char *name);
/* The domain of a property that holds a domain or an address; the caller frees it with g_free().
 * NULL where there is none; lower case. */
char *authres_domain(const struct authres_result *result, const char *name);
/* The client's address that the server looked at; false where it names none. */
bool authres_client(const struct authres_result *result, struct ip *ip);

#endif
