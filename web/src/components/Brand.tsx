import { Link } from 'react-router';
import { paths } from '@/lib/paths';
import { Icon } from './Icon';

/** The name of the product above pages without the frame; it leads home. */
export function Brand() {
  return (
    <Link to={paths.home} className="brand">
      <Icon name="anchor" size={22} />
      Mooring
    </Link>
  );
}
