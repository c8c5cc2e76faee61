# A program to capture: strings of a hash that grow, are cut and counted. perl words.pl
srand(21);
my %seen;
while (1) {
  my $key = "w" . int(rand(50_000));
  $seen{$key} .= chr(97 + int(rand(26))) x (1 + int(rand(5)));
  $seen{$key} = substr($seen{$key}, 10) if length($seen{$key}) > 60;
}
