/** Raw, sparse files. */
package org.understudy.vm.disk.file;
