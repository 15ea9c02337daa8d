/* Makes an image, a folder laid out like a server's system drive, out of a source folder of readable texts:
 *
 *   image.json     what is to be made (below); optional
 *   registry/ *.reg  applied in the order of their names, over those of the base; what they may contain is in
 *                    reg_text.h
 *   files/         copied into the image as it is
 *
 * Members of image.json, all optional; paths are relative to the image's root and use slashes:
 *   base          another source folder, relative to this one, that is applied first, or a list of such
 *   as_of         the time of all files and keys that have none of their own, "2026-03-02T08:00:00Z"
 *   remove        files and folders of the base that the image does not have
 *   folders       folders to make, which may stay empty
 *   dirty         hives that look like copies from a running machine: ["SYSTEM"]
 *   without       hives that the image does not have: ["SOFTWARE"]
 *   pe            programs to write: [{"path", "version", "product", "dll", "managed", "signed",
 *                 "damage": "byte", "truncate" or "empty"}]
 *   sign_scripts  scripts to append a signature to
 *   utf16         files, or folders of files, to be written as UTF-16 with byte order mark and CR LF
 *   encode        {path: encoding}: the same for another encoding of iconv's, with CR LF
 *   times         {path: time} of single files
 * pe, sign_scripts, utf16, encode and times of the base hold for the files that the overlay puts in their
 * place, too. */
#ifndef IMAGE_MAKER_H
#define IMAGE_MAKER_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the image of source at output, all or nothing. An image that is there already is replaced; another
 * kind of folder is not. False: error says what is wrong, naming the file and where possible the line. */
bool image_make(const char *source, const char *output, char *error, size_t error_size);

/* The same with folders that are applied before the source's own base. */
bool image_make_over(const char *const *bases, size_t base_count, const char *source, const char *output,
                     char *error, size_t error_size);

#endif
