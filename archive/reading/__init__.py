"""What readers get of an archive: elites, maps, points, lists, histories."""
