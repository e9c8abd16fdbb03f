/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/received.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct received *received)
{
	bool named = received->name_state == RECEIVED_NAME_VERIFIED ||
		     received->name_state == RECEIVED_NAME_UNVERIFIED;
	struct ip again;

	/* Only a client with an address has a name. */
	if (named != (received->name != NULL) || (named && !received->has_ip))
		abort();
	if (!received->has_ip)
		return;
	g_autofree char *text = ip_format(&received->ip);
	if (!ip_parse(span_from(text), &again) || !ip_equal(&again, &received->ip))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *value = g_strndup((const char *)data, size);
	struct received *received = received_parse(value);

	check(received);
	received_free(received);
	return 0;
}
