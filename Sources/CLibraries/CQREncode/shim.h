#include <qrencode.h>

/* Exported by Debian's library, absent from its header: encodes with one mask (0 to 7) instead of trying all eight. */
extern QRcode *QRcode_encodeMask(QRinput *input, int mask);
