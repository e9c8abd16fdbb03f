/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every decoder, for the registry and for those that build on another.
 */
#ifndef ESPIAL_RULES_DECODE_DECODERS_H
#define ESPIAL_RULES_DECODE_DECODERS_H

#include "rules/decode/decode.h"

extern const struct decoder decoder_after, decoder_base64, decoder_cbor, decoder_entities,
	decoder_form, decoder_hex, decoder_json, decoder_jwt, decoder_lower, decoder_msgpack,
	decoder_peel, decoder_percent, decoder_php, decoder_reverse, decoder_rot13, decoder_scheme,
	decoder_sendgrid, decoder_skip, decoder_sparkpost, decoder_translategoog, decoder_until,
	decoder_urldefense2, decoder_urldefense3, decoder_zlib;

#endif
