"""What the stages hand to each other: names, files, errors. No stage imports another one's code for these."""
