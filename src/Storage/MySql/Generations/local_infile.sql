SELECT @@local_infile;
