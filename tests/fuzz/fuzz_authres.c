/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/authres.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct authres *authres, guint max)
{
	if (authres->results->len > max)
		abort();
	for (guint i = 0; i < authres->results->len; i++) {
		const struct authres_result *result = authres->results->pdata[i];
		struct ip ip;

		if (result->properties->len > AUTHRES_MAX_PROPERTIES)
			abort();
		authres_client(result, &ip);
		for (guint j = 0; j < result->properties->len; j++) {
			const struct authres_property *property = result->properties->pdata[j];
			g_autofree char *domain = authres_domain(result, property->name);

			if (!authres_property(result, property->name) || (domain && !*domain))
				abort();
		}
	}
	authres_free(authres);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *value = g_strndup((const char *)data, size);

	check(authres_parse(value), AUTHRES_MAX_RESULTS);
	check(authres_parse_spf(value), 1);
	return 0;
}
