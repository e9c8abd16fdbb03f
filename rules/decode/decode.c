/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/decode/decode.h"

#include "rules/decode/decoders.h"
#include "rules/decode/value.h"

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

value_reader value_reader_of(const struct decoder *decoder)
{
	static const struct {
		const struct decoder *decoder;
		value_reader read;
	} readers[] = {
		{&decoder_json, value_of_json},
		{&decoder_jwt, value_of_jwt},
		{&decoder_cbor, value_of_cbor},
		{&decoder_msgpack, value_of_msgpack},
		{&decoder_php, value_of_php},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++)
		if (readers[i].decoder == decoder)
			return readers[i].read;
	return NULL;
}
