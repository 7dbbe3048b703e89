"""KFTC CMS files: today a page that looks into one; the transport comes with direct debits."""
