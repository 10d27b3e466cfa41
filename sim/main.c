/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - finds the command and runs it. */
int main(void)
{
	return 0;
}
