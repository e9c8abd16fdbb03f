/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/decode/decode.h"

#include "rules/decode/decoders.h"

static const struct decoder *const decoders[] = {
	&decoder_percent,
	&decoder_peel,
	&decoder_form,
	&decoder_entities,
	&decoder_base64,
	&decoder_hex,
	&decoder_json,
	&decoder_jwt,
	&decoder_zlib,
	&decoder_cbor,
	&decoder_msgpack,
	&decoder_php,
	&decoder_sparkpost,
	&decoder_sendgrid,
	&decoder_urldefense2,
	&decoder_urldefense3,
	&decoder_translategoog,
	&decoder_rot13,
	&decoder_reverse,
	&decoder_lower,
	&decoder_skip,
	&decoder_until,
	&decoder_after,
	&decoder_scheme,
	NULL,
};

const struct decoder *decoder_find(const char *name)
{
	for (size_t i = 0; decoders[i]; i++)
		if (strcmp(decoders[i]->name, name) == 0)
			return decoders[i];
	return NULL;
}

const struct decoder *const *decoder_all(void)
{
	return decoders;
}
