/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/origin.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct esp *make_esp(void)
{
	struct esp *esp = esp_new("esp", "Esp");
	struct esp_header *header = g_new0(struct esp_header, 1);

	header->name = g_strdup("X-Esp-Id");
	header->pattern = g_strdup("^esp-");
	g_ptr_array_add(esp->headers, header);
	g_ptr_array_add(esp->rdns, g_strdup("mta.esp.example"));
	g_ptr_array_add(esp->dkim, g_strdup("esp.example"));
	g_ptr_array_add(esp->return_path, g_strdup("bounce.esp.example"));
	g_ptr_array_add(esp->networks, g_strdup("198.51.100.0/25"));
	return esp;
}

/* Whatever the sender writes below it, the border's own Received field decides: this host is none
 * of the provider's, and nothing that is believed says otherwise. */
static void check_below(const char *below)
{
	g_autofree char *mail =
		g_strconcat("Received: from a (vps7.hoster.example [203.0.113.9]) by "
			    "mx.example.org (Postfix) with SMTP id 1\r\n",
			below, "\r\n\r\n", NULL);
	struct message *message = message_parse(mail, strlen(mail), NULL, NULL);
	struct origin *origin = message ? origin_new(message, NULL) : NULL;
	struct esp *esp = make_esp();
	struct origin_verdict *verdict = origin ? origin_judge(origin, esp) : NULL;

	if (!origin || !origin->received || origin->header != 0 || verdict->network == ORIGIN_ON ||
		!verdict->reason)
		abort();
	origin_verdict_free(verdict);
	esp_free(esp);
	origin_free(origin);
	message_free(message);
}

static void check_alone(const char *mail)
{
	struct message *message = message_parse(mail, strlen(mail), NULL, NULL);
	struct origin_trust *trust = origin_trust_new(mail, "example.org", NULL);
	struct origin *origin = message ? origin_new(message, trust) : NULL;
	struct esp *esp = make_esp();

	if (origin) {
		if (!origin->received == !origin->unknown)
			abort();
		origin_verdict_free(origin_judge(origin, esp));
	}
	esp_free(esp);
	origin_free(origin);
	origin_trust_free(trust);
	message_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	static gsize once;

	if (g_once_init_enter(&once)) {
		message_library_init();
		g_once_init_leave(&once, 1);
	}
	/* A field's first line cannot be a fold of the border's. */
	if (*text != ' ' && *text != '\t')
		check_below(text);
	check_alone(text);
	return 0;
}
