/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ESPIAL_TUI_COMMAND_EXPORT_H
#define ESPIAL_TUI_COMMAND_EXPORT_H

#include "tui/command/command.h"

/* espial rules export [OPTION…] TARGET; argv[0] is `export`. Returns the exit code. */
int export_run(const struct command_options *options, int argc, char **argv);

#endif
